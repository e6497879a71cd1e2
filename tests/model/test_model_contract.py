"""What a model promises its parts: steps are updates, weights under its seed, clear refusals, and no damage by errors."""

import jax
import keras
import numpy as np
import pytest
from jax import numpy as jnp
from keras import ops

import zukan
from zukan import distributions
from zukan.context import Piece
from zukan.objectives import ELBO, Objective, objectives
from zukan.objectives.base import LearnedObjective, LossTerms
from zukan.posteriors import Normal, Posterior
from zukan.priors import Prior
from zukan.schedules import LinearWarmup

WARMUP = LinearWarmup(20, value=2.0)


class Twice(Normal):
    """Draws noise of its own, besides the sample of z."""

    def distribution(self, params, context):
        q = super().distribution(params, context)
        if context.draws is not None:
            noise = keras.random.normal(ops.shape(q.mean), seed=context.draws)
            q = distributions.Normal(q.mean + 1e-3 * noise, q.log_var)
        return q


class Noisy(ELBO):
    """The ELBO, and the random numbers that an objective draws."""

    extras = ("beta", "noise", "examples")

    def __call__(self, forward):
        terms = super().__call__(forward)
        noise = keras.random.normal((), seed=forward.context.draws)
        return LossTerms(terms.loss, terms.reconstruction, terms.kl,
                         {**terms.extra, "noise": noise, "examples": forward.context.examples})


@pytest.mark.parametrize("options", [
    {}, {"posterior": Twice()}, {"objective": Noisy(beta=WARMUP)}, {"objective": ELBO(beta=WARMUP, samples=3)},
    {"posterior": {"name": "planar", "flows": 2}}], ids=lambda options: next(iter(options), "default"))
def test_a_step_is_an_update_whatever_is_drawn(make, x, options):
    vae = make(**{"objective": ELBO(beta=WARMUP), **options})
    history = vae.fit(x, batch_size=8, epochs=3, validation_data=x[:16], verbose=0).history
    assert history["beta"] == pytest.approx([0.2, 0.7, 1.2])  # 5 updates in an epoch
    assert history["val_beta"] == pytest.approx([0.5, 1.0, 1.5])


def test_a_posterior_that_draws_nothing_is_at_the_same_step(make, x):
    """The weight decays with the objective's own schedule, since a point has no KL to weight."""

    class Faded(Objective):
        needs = ()

        def __call__(self, forward):
            return LossTerms(forward.reconstruction, forward.reconstruction, None, {"beta": WARMUP(forward.context.step)})

        def formula(self):
            return ""

    history = make(posterior="delta", objective=Faded()).fit(
        x, batch_size=8, epochs=3, validation_data=x[:16], verbose=0).history
    assert history["beta"] == pytest.approx([0.2, 0.7, 1.2])
    assert history["val_beta"] == pytest.approx([0.5, 1.0, 1.5])


def test_an_objective_draws_anew_at_every_step_and_equally_in_every_run(make, x):
    runs = [make(objective=Noisy(), seed=seed).fit(x, batch_size=40, epochs=4, verbose=0).history for seed in (0, 0, 1)]
    assert runs[0] == runs[1]
    assert len({*runs[0]["noise"], *runs[2]["noise"]}) == 8
    assert runs[0]["examples"] == [40] * 4


def test_the_number_of_examples_is_saved(make, x, tmp_path):
    vae = make()
    vae.fit(x, batch_size=8, verbose=0)
    vae.save(tmp_path / "model.keras")
    context = zukan.load(tmp_path / "model.keras").context()
    assert (float(context.examples), float(context.step)) == (40, 5)


def test_held_out_rows_are_not_examples(make, x):
    vae = make()
    vae.fit(x, batch_size=8, validation_split=0.25, verbose=0)
    assert float(vae.context().examples) == 30


@pytest.mark.parametrize(("options", "words"), [
    ({"posterior": "delta"}, ["ELBO", "Delta", "objective='reconstruction'"]),
    ({"posterior": "delta", "objective": "iwae"}, ["IWAE", "Delta", "has none"]),
    ({"posterior": "delta", "objective": "factor"}, ["Factor", "posterior='normal'"]),
    ({"posterior": "planar", "objective": {"name": "iwae", "gradient": "dreg"}}, ["IWAE", "Planar", "its own samples", "posterior='normal'"]),
    ({"posterior": "full", "objective": "beta-tc"}, ["BetaTC", "independent", "Full", "'factor'"]),
    ({"posterior": "iaf", "objective": "beta-tc"}, ["BetaTC", "independent", "IAF"]),
    ({"posterior": "hamiltonian", "prior": "two-stage", "objective": "reconstruction"}, ["Hamiltonian", "TwoStage", "'maf'"]),
    ({"posterior": {"name": "joint", "classes": 2}, "latent_dim": 4}, ["'categorical'", "Joint", "use prior='joint'"]),
    ({"posterior": {"name": "joint", "classes": 2}, "latent_dim": 4, "prior": {"name": "joint", "real": "two-stage"}},
     ["real", "density", "TwoStage"]),
    ({"condition": 0}, ["condition", "0"]), ({"condition": "label"}, ["condition", "'label'"]),
    ({"prior": "conditional"}, ["condition", "'normal'"]), ({"prior": "vamp", "condition": 2}, ["'conditional'"]),
], ids=str)
def test_a_combination_that_cannot_train_is_refused_in_a_sentence(options, words):
    with pytest.raises(zukan.InputError) as caught:
        zukan.VAE((6,), **options)
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("name", ["loss", "kl", "elbo", "reconstruction"])
def test_extras_do_not_take_the_models_names(name):
    taken = type("Taken", (ELBO,), {"extras": ("beta", name)})
    with pytest.raises(zukan.InputError, match=f"must not be named {name}"):
        zukan.VAE((6,), objective=taken())


class Broken(ELBO):
    def __call__(self, forward):
        raise RuntimeError("broken objective")


def test_an_objective_that_raises_leaves_the_model_whole(make, x):
    vae = make(objective=Broken())
    before = [np.array(weight) for weight in vae.variables]
    with pytest.raises(RuntimeError, match="broken objective"):
        vae.fit(x, batch_size=8, epochs=1, verbose=0)
    for weight, old in zip(vae.variables, before, strict=True):
        if "counters" not in weight.path:  # the examples are counted before
            np.testing.assert_array_equal(weight, old)
    assert np.isfinite(vae.elbo(x)).all()
    vae.objective.__class__ = ELBO
    vae.fit(x, batch_size=8, epochs=1, verbose=0)
    assert any(not np.array_equal(weight, old) for weight, old in zip(vae.trainable_variables, before, strict=False))


class Unbuilt(Prior):
    """A prior with a network that it forgets to build."""

    forget = True

    def build(self, shapes):
        self.network = keras.Sequential([keras.layers.Dense(shapes.latent_dim)])
        if not self.forget:
            self.network.build((1, 3))
        super().build(shapes)

    def distribution(self, context):
        mean = self.network(ops.ones((1, 3)))[0]
        return distributions.Normal(mean, ops.zeros_like(mean))


def test_a_part_with_an_unbuilt_layer_is_refused_when_the_model_is_built(make, x):
    with pytest.raises(zukan.InputError, match=r"^Unbuilt must build its layers in build\(shapes\), but its layer .*; "):
        make(prior=Unbuilt())
    built = type("Built", (Unbuilt,), {"forget": False})
    vae = make(prior=built())
    vae.fit(x, batch_size=8, verbose=0)
    assert np.isfinite(vae.elbo(x)).all()


class Unnamed(Posterior):
    """Heads whose layers have no names, as a user writes them first."""

    def heads(self, features, shapes):
        hidden = keras.layers.Dense(5, activation="relu")(features)
        return {"mean": keras.layers.Dense(shapes.latent_dim)(hidden), "log_var": keras.layers.Dense(shapes.latent_dim)(hidden)}

    def distribution(self, params, context):
        return distributions.Normal(params["mean"], params["log_var"])


@pytest.mark.parametrize("encoder", ["mlp", "layers"])
def test_heads_may_have_layers_without_names(make, x, encoder, tmp_path):
    def build(seed):
        layers = {part: keras.Sequential([keras.layers.Dense(4), keras.layers.Dense(3)]) for part in ("encoder", "decoder")}
        vae = make(posterior=Unnamed(), seed=seed, **(layers if encoder == "layers" else {}))
        vae.optimizer.build(vae.trainable_variables)
        return vae

    vae, again = build(0), build(1)
    vae.fit(x, batch_size=8, verbose=0)
    vae.save_weights(tmp_path / "model.weights.h5")
    again.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_array_equal(again.encode(x), vae.encode(x))


class Critic(LearnedObjective):
    """An objective with weights, which starts from the model's seed."""

    extras = ()

    def build(self, shapes):
        self.network = keras.layers.Dense(1)
        self.network.build((None, shapes.latent_dim))
        super().build(shapes)

    def __call__(self, forward):
        return LossTerms(forward.reconstruction + forward.kl + self.network(forward.z[0])[:, 0], forward.reconstruction,
                         forward.kl)

    def formula(self):
        return ""


def test_an_objectives_weights_are_under_the_models_seed(make):
    first, again, other = (make(objective=Critic(), seed=seed).objective.get_weights()[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_name_is_registered_once():
    with pytest.raises(zukan.InputError, match=r"'elbo' is ELBO; choose another name for Broken$"):
        objectives.register("elbo")(Broken)
    assert objectives.members["elbo"] is ELBO


class Circle(Normal):
    """Claims to give points on a circle, keeps positions, and adds a term to the loss."""

    keeps_positions = True
    extras = ("squared",)

    def layout(self, shapes):
        self.positions = shapes.positions
        return (Piece("sphere", shapes.latent_dim),)

    def heads(self, features, shapes):
        return super().heads(keras.layers.Flatten(name="circle")(features), shapes)

    def terms(self, params, context):
        squared = ops.sum(ops.square(params["mean"]), axis=-1)
        return 0.5 * squared, {"squared": squared}

    def begin(self, x, seed, infer):
        self.seen = len(x), {name: np.shape(value) for name, value in infer(np.array([0, 2])).items()}


class OnACircle(Prior):
    kinds = ("sphere",)

    def build(self, shapes):
        self.built_for = shapes
        super().build(shapes)

    def distribution(self, context):
        return distributions.Normal(ops.zeros((self.built_for.latent_dim,)), ops.zeros((self.built_for.latent_dim,)))


class Straight(ELBO):
    needs = ("density", "real")


def test_what_a_posterior_adds_to_the_loss_is_counted_and_logged(make, x):
    vae = make(posterior=Circle(), prior=OnACircle(), latent_dim=3)
    history = vae.fit(x, batch_size=8, epochs=2, verbose=0).history
    assert min(history["squared"]) > 0
    np.testing.assert_allclose(history["loss"], np.subtract(np.multiply(0.5, history["squared"]), history["elbo"]), rtol=1e-4)


def test_parts_begin_with_the_items_and_their_parameters(make, x):
    vae = make(posterior=Circle(), prior=OnACircle(), latent_dim=3)
    vae.begin(x, validation_split=0.25)
    assert vae.posterior.seen == (len(x) * 3 // 4, {"mean": (2, 3), "log_var": (2, 3)})


@pytest.mark.parametrize(("encoder", "latent_dim", "positions"), [("mlp", 3, ()), ({"name": "conv", "filters": [3]}, 12, (2, 2))])
def test_a_posterior_may_keep_the_positions_of_the_encoder(encoder, latent_dim, positions):
    vae = zukan.VAE((4, 3, 1), latent_dim, encoder=encoder, posterior=Circle(), prior=OnACircle())
    assert vae.posterior.positions == vae.shapes.positions == vae.prior.built_for.positions == positions
    assert vae.prior.built_for.layout == (Piece("sphere", latent_dim),)
    assert vae.decode(np.zeros((2, latent_dim))).shape == (2, 4, 3, 1)


@pytest.mark.parametrize(("options", "words"), [
    ({"posterior": Circle()}, ["prior", "'sphere'", "Circle", "Normal"]),
    ({"prior": OnACircle()}, ["prior", "'real'", "Normal", "OnACircle", "'mixture'"]),
    ({"posterior": Circle(), "prior": OnACircle(), "objective": Straight()}, ["Straight", "real numbers", "'sphere'"]),
    ({"encoder": {"name": "conv", "filters": [3]}, "posterior": Circle(), "prior": OnACircle()},
     ["latent_dim", "multiple of 4", "got 3", "use 4"]),
])
def test_pieces_that_do_not_fit_are_refused_in_a_sentence(options, words):
    with pytest.raises(zukan.InputError) as caught:
        zukan.VAE((4, 3, 1), 3, **options)
    assert "\n" not in str(caught.value)
    assert all(word in str(caught.value) for word in words), str(caught.value)


class Silent(Circle):
    """Adds a term to the loss without logging it."""

    extras = ()

    def terms(self, params, context):
        return 0.5 * ops.sum(ops.square(params["mean"]), axis=-1), {}


def test_a_term_that_is_not_logged_is_in_the_loss(make, x):
    history = make(posterior=Silent(), prior=OnACircle(), latent_dim=3).fit(x, batch_size=8, verbose=0).history
    assert history["loss"][0] > -history["elbo"][0] + 1e-4


@pytest.mark.parametrize(("options", "owner"), [
    ({"posterior": {"name": "iaf", "flows": 2, "units": [4]}}, "posterior"),
    ({"posterior": {"name": "realnvp", "flows": 2, "units": [4]}}, "posterior"),
    ({"posterior": {"name": "ladder", "widths": [1, 2]}, "prior": "ladder", "latent_dim": 3}, "prior")], ids=str)
@pytest.mark.parametrize("gradient", ["standard", "stl", "dreg"])
def test_estimators_without_the_score_leave_out_all_weights_of_q(make, x, options, owner, gradient):
    """At fixed draws, log q has no gradient for the weights that it is made of: those of a flow, of a ladder's prior."""
    vae = make(objective={"name": "iwae", "k": 2, "gradient": gradient}, **options)
    weights = getattr(vae, owner).trainable_variables
    for weight in weights:
        weight.assign(weight + 0.3)
    outputs = {name: value if name == "state" else jax.tree.map(jnp.asarray, value) for name, value in vae(x[:8]).items()}

    def log_q(values):
        others = [(v, v.value) for v in vae.variables if not any(v is weight for weight in weights)]
        with keras.StatelessScope(state_mapping=[*others, *zip(weights, values, strict=True)]):
            forward = vae.forward_pass(x[:8], {**outputs, "log_q": None})  # at these draws, not along their path
            return jnp.sum(forward.log_q if gradient == "standard" else vae.objective._without_score(forward))

    largest = max(float(jnp.abs(value).max()) for value in jax.grad(log_q)([weight.value for weight in weights]))
    assert (largest > 1e-3) if gradient == "standard" else (largest < 1e-6)


class Gridless(zukan.networks.MLP):
    """Claims positions that it does not keep."""

    def positions(self, event_shape):
        return (3,)


def test_a_network_with_positions_and_no_grid_is_refused_in_a_sentence():
    with pytest.raises(zukan.InputError, match=r"must define encode_grid and decode_grid, got Gridless .* add both methods"):
        zukan.VAE((6,), 3, encoder=Gridless([4]), posterior=Circle(), prior=OnACircle())
