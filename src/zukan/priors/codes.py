"""What priors over codes share, and the prior of independent codes."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from keras import ops

from zukan import checks, distributions
from zukan.context import Context, Shapes
from zukan.priors.base import Prior, priors


class CodePrior(Prior):
    """A prior over categorical variables, or over the codes of z, which ``context.codes`` reads.

    The codes of a quantized posterior have no gradient: then the prior learns from the posterior, and not the other way
    round. The one-hot vectors of a categorical posterior have one, also while they are relaxed.

    Attributes
    ----------
    length, choices : int
        Number of codes, and of the values of each.
    """

    kinds: ClassVar[tuple[str, ...]] = ("categorical", "code")
    length: int
    choices: int

    def build(self, shapes: Shapes) -> None:
        """Store the number of codes and of their values."""
        if len(set(shapes.layout)) != 1:
            raise checks.InputError(
                f"prior {type(self).__name__} needs pieces of one kind with equally many values, got the layout "
                f"{checks.show(shapes.layout)}; use prior 'joint', or another posterior")
        self.length, self.choices = len(shapes.layout), shapes.layout[0].choices
        self.are_codes = shapes.layout[0].kind == "code"
        super().build(shapes)

    @abstractmethod
    def over(self, context: Context) -> distributions.OneHots:
        """Return the distribution over the one-hot vectors of the codes."""

    def distribution(self, context: Context) -> distributions.Distribution:
        """Return p(z), event shape ``(latent_dim,)``."""
        over = self.over(context)
        return distributions.Coded(over, context.codes, context.embed) if self.are_codes else over


@priors.register("categorical")
class Categorical(CodePrior):
    """p(z): independent categorical variables or codes, uniform or with learned probabilities (arXiv:1611.01144).

    Parameters
    ----------
    learned : bool, default False
        Learn the probabilities of each variable; if the model has a condition, its logits are linear in it, so every
        class has probabilities of its own. Otherwise all values are equally probable.
    """

    def __init__(self, learned: bool = False) -> None:  # noqa: FBT001, FBT002 an argument of recipes
        super().__init__()
        self.learned = learned

    def build(self, shapes: Shapes) -> None:
        """Create the logits, if they are learned."""
        super().build(shapes)
        if self.learned:
            conditions = (shapes.condition_dim,) if shapes.condition_dim else ()
            self.logits = self.add_weight(shape=(*conditions, self.length * self.choices), initializer="zeros",
                                          name="logits")

    def over(self, context: Context) -> distributions.Categorical:
        """Return independent variables; one distribution for each row of the condition, if they depend on it."""
        logits = ops.zeros((self.length * self.choices,))
        if self.learned:
            logits = ops.convert_to_tensor(self.logits)
            logits = logits if context.condition is None else ops.matmul(context.condition, logits)
        return distributions.Categorical(ops.reshape(logits, (*logits.shape[:-1], self.length, self.choices)))
