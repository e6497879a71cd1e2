"""What a saved model holds besides its weights, and in which file."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from zukan import checks
from zukan.model.passes import Passes


class Stored(Passes):
    """A model that is saved with the states of its random generators: without them, it would repeat draws."""

    seed: int
    _test_draws: keras.random.SeedGenerator

    def restart_test_draws(self) -> None:
        """Restart the draws of z for validation, so that every evaluation uses the same draws."""
        for variable, value in self.test_start():
            variable.assign(value)

    def test_start(self) -> list[tuple[Any, Any]]:
        """Return the state of the draws for validation, and its value at the start."""
        state = self._test_draws.state
        return [(state, np.array([self.seed + 1, 0], state.dtype))]

    def save(self, filepath: Any, *args: Any, **kwargs: Any) -> None:
        """Save as a ``.keras`` file. Arguments are those of ``keras.Model.save``."""
        if str(filepath).endswith((".h5", ".hdf5")):
            raise checks.InputError(f"filepath must end in .keras, the only format that holds a whole VAE, got "
                                    f"{str(filepath)!r}; call vae.save('model.keras')")
        super().save(filepath, *args, **kwargs)

    def save_own_variables(self, store: Any) -> None:
        """Save the states of the random generators."""
        for i, state in enumerate(self._seed_states()):
            store[f"draws_{i}"] = ops.convert_to_numpy(state.value)

    def load_own_variables(self, store: Any) -> None:
        """Restore the states of the random generators."""
        for i, state in enumerate(self._seed_states()):
            state.assign(store[f"draws_{i}"])

    def _seed_states(self) -> list[Any]:
        return [v for v in self.non_trainable_variables if v.path.endswith("seed_generator_state")]
