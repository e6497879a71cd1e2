"""The model as a scikit-learn transformer."""

from __future__ import annotations

import functools
import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from zukan import checks
from zukan.data import Scaling
from zukan.training.build import build
from zukan.training.programs import shared
from zukan.training.recipe import Recipe
from zukan.vae import VAE, load

ROWS = 256  # rows in one call of a network: always that many, so that a row's result does not depend on the others
FLOATS = (np.float64, np.float32)
OF_THE_RECIPE = ("latent_dim", "encoder", "decoder", "posterior", "prior", "objective", "beta", "epochs", "batch_size",
                 "optimizer", "learning_rate")


class VAETransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    def __init__(self, latent_dim: int = 2, *, encoder: Any = "mlp", decoder: Any = None, posterior: Any = "normal",
                 prior: Any = "normal", likelihood: Any = "auto", objective: Any = "elbo", beta: float = 1.0,
                 scaling: str = "standard", event_shape: Sequence[int] | None = None, epochs: int = 100,
                 batch_size: int = 64, optimizer: str = "adam", learning_rate: float = 1e-3, samples: int = 16,
                 random_state: Any = None, verbose: int = 0) -> None:
        self.latent_dim = latent_dim
        self.encoder = encoder
        self.decoder = decoder
        self.posterior = posterior
        self.prior = prior
        self.likelihood = likelihood
        self.objective = objective
        self.beta = beta
        self.scaling = scaling
        self.event_shape = event_shape
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.samples = samples
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any = None) -> VAETransformer:
        x = validate_data(self, X, dtype=FLOATS)
        scaling = self._scaling(x)
        x = scaling.apply(x)
        recipe = Recipe.of(**{name: getattr(self, name) for name in OF_THE_RECIPE}, likelihood=self._likelihood(x),
                           seed=int(check_random_state(self.random_state).randint(2**31 - 1)))
        vae = build(recipe, self._event_shape(x.shape[1]), len(x))
        with shared(vae):
            history = vae.fit(x.reshape(-1, *vae.event_shape), epochs=recipe.epochs, batch_size=recipe.batch_size,
                              verbose=self.verbose)
        self.scaling_ = scaling
        self.vae_ = vae
        self.history_ = history.history
        return self

    def transform(self, X: Any) -> npt.NDArray[Any]:
        x = self._read(X)
        return self._by_rows(self.vae_.encode, self._events(x)).astype(x.dtype, copy=False)

    def inverse_transform(self, X: Any) -> npt.NDArray[Any]:
        check_is_fitted(self)
        z = check_array(X, dtype=FLOATS, input_name="X")
        x = self._by_rows(self.vae_.decode, z)
        return self.scaling_.undo(x.reshape(len(x), -1)).astype(z.dtype, copy=False)

    def score_samples(self, X: Any) -> npt.NDArray[np.float64]:
        x = self._events(self._read(X))
        bound = self._by_rows(functools.partial(self.vae_.log_likelihood, samples=self.samples, same_draws=True), x)
        factor = np.broadcast_to(self.scaling_.factor, self.n_features_in_)
        return bound.astype(np.float64) - np.log(factor).sum()

    def score(self, X: Any, y: Any = None) -> float:
        return float(self.score_samples(X).mean())

    @property
    def _n_features_out(self) -> int:
        return int(self.latent_dim)

    def _scaling(self, x):
        if checks.choice("scaling", self.scaling, ("standard", "minmax", "none")) == "none":
            return Scaling.of(x.dtype)
        return Scaling.fitted(self.scaling, x)

    def _likelihood(self, x):
        if not isinstance(self.likelihood, str) or self.likelihood != "auto":
            return self.likelihood
        return "bernoulli" if self.scaling == "none" and np.isin(x, (0, 1)).all() else "normal"

    def _event_shape(self, features):
        if self.event_shape is None:
            return (features,)
        if math.prod(self.event_shape) != features:
            raise checks.InputError("event_shape")
        return tuple(self.event_shape)

    def _read(self, X):
        check_is_fitted(self)
        return validate_data(self, X, dtype=FLOATS, reset=False)

    def _events(self, x):
        return self.scaling_.apply(x).reshape(-1, *self.vae_.event_shape)

    def _by_rows(self, function, rows):
        padding = -len(rows) % ROWS
        padded = np.concatenate([rows, np.repeat(rows[-1:], padding, axis=0)])
        return function(padded, batch_size=ROWS)[: len(rows)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "vae_" in state:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "vae.keras")
                state["vae_"].save(path)
                state["vae_"] = path.read_bytes()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        if "vae_" in state:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "vae.keras")
                path.write_bytes(state["vae_"])
                state = {**state, "vae_": load(path)}
        super().__setstate__(state)
