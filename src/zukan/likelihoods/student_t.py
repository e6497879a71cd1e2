"""Student's t likelihood."""

from __future__ import annotations

from typing import Any

from keras import ops

from zukan import checks, distributions
from zukan.context import Context
from zukan.likelihoods.base import likelihoods
from zukan.likelihoods.location_scale import LocationScale

START = 3.0  # softplus(3) + 2: the learned degrees of freedom start at about 5


@likelihoods.register("student-t")
class StudentT(LocationScale):
    """p(x|z) = Student's t around a mean that the decoder computes; single far values hardly change what is learned.

    Its values are densities, as those of ``normal``.

    Parameters
    ----------
    scale : float, "learned", "feature" or "heads", default "learned"
        The scale in the units of the data, as for ``normal``. The standard deviation is larger.
    floor : float, default 0.0
        A learned scale stays above this.
    df : float or "learned", default "learned"
        Degrees of freedom, above 2: the fewer, the heavier the tails. If "learned", one weight for all elements.
    start : float, default 1.0
        Where a learned scale starts that is one weight, or one for each element. A start near the error that the model
        will reach saves the epochs that the weight takes to get there.
    """

    def __init__(self, scale: float | str = "learned", floor: float = 0.0, df: float | str = "learned",
                 start: float = 1.0) -> None:
        super().__init__(scale, floor, start)
        self.df = df
        self._excess: Any = None
        if df == "learned":
            self._excess = self.add_weight(shape=(), initializer="zeros", name="df")
        else:
            checks.number("df (a number, or 'learned')", df, above=2.0)

    def distribution(self, params: dict[str, Any], context: Context) -> distributions.StudentT:  # noqa: ARG002
        """Return Student's t distribution with the mean ``params["mean"]``."""
        df = self.df if self._excess is None else 2.0 + ops.softplus(START + self._excess.value)
        return distributions.StudentT(params["mean"], 0.5 * self.log_var_of(params),
                                      ops.convert_to_tensor(df, params["mean"].dtype), self.event_ndim)
