"""Random draws of one pass, layouts of z, and computation without gradients for some parts."""

import jax
import keras
import numpy as np
import pytest
import scipy.stats
from jax import numpy as jnp
from keras import ops

import zukan
from zukan.context import Context, Draws, Piece

PARTS = {"encoder": ["encoder", "posterior"], "decoder": ["decoder", "likelihood"], "prior": ["prior"],
         "objective": ["objective"]}


def test_the_first_draw_is_the_generators():
    ours, theirs = keras.random.SeedGenerator(7), keras.random.SeedGenerator(7)
    state = ours.next()
    np.testing.assert_array_equal(keras.random.normal((50,), seed=Draws(state)), keras.random.normal((50,), seed=theirs))


def test_further_draws_of_one_state_are_new_and_independent():
    states = [keras.random.SeedGenerator(seed).next() for seed in (0, 1)]
    draws = [keras.random.normal((4000,), seed=source) for state in states
             for source in (Draws(state), Draws(state, purpose=1), Draws(state, purpose=2)) for source in [source] * 4]
    correlations = np.corrcoef(np.stack(draws))[np.triu_indices(len(draws), 1)]
    assert np.abs(correlations).max() < 5.5 / np.sqrt(4000)
    assert scipy.stats.kstest(np.ravel(draws), "norm").pvalue > 1e-3


def test_the_same_state_gives_the_same_draws():
    state = keras.random.SeedGenerator(3).next()
    for _ in range(2):
        first, again = Draws(state, purpose=1), Draws(state, purpose=1)
        np.testing.assert_array_equal(*(keras.random.uniform((9,), seed=source) for source in (first, again)))


def test_draws_do_not_meet_those_of_neighboring_steps():
    """A draw adds to the half of the state that holds the seed; steps count in the other half."""
    generator = keras.random.SeedGenerator(5)
    seen = set()
    for _ in range(30):
        state = generator.next()
        for purpose in range(3):
            source = Draws(state, purpose)
            seen |= {tuple(np.asarray(source.next()).tolist()) for _ in range(5)}
    assert len(seen) == 30 * 3 * 5


@pytest.mark.parametrize(("piece", "groups", "capacity"), [
    (Piece("real", 4), 4, np.inf), (Piece("categorical", 10), 1, np.log(10)), (Piece("sphere", 3), 1, np.inf)])
def test_a_piece_knows_its_variables_and_their_largest_kl(piece, groups, capacity):
    assert (piece.groups, piece.capacity) == (groups, pytest.approx(capacity))


@pytest.mark.parametrize("use", [lambda c: c.encode(0), lambda c: c.decode(0), lambda c: c.log_joint(0), lambda c: c.prior()])
def test_a_context_without_a_model_refuses_its_functions(use):
    with pytest.raises(zukan.InputError, match=r"zukan\.VAE"):
        use(Context())


@pytest.fixture(scope="module")
def vae(make):
    vae = make(posterior={"name": "planar", "flows": 2}, prior={"name": "mixture", "components": 3}, likelihood="normal",
               objective={"name": "factor", "units": [4]})
    rng = np.random.default_rng(0)
    for weight in vae.trainable_variables:
        weight.assign(weight + 0.3 * rng.normal(size=weight.shape))
    return vae


def part_of(vae):
    """Return the name of the part that owns each trainable variable."""
    owners = {"encoder": (vae._inference, vae.posterior), "decoder": (vae._generation, vae.likelihood),
              "prior": (vae.prior,), "objective": (vae.objective,)}
    return [next(name for name, parts in owners.items() for part in parts
                 if any(v is variable for v in part.trainable_variables)) for variable in vae.trainable_variables]


@pytest.mark.parametrize("names", [(), ("encoder",), ("decoder",), ("prior",), ("objective",), ("decoder", "prior"),
                                   ("encoder", "objective"), tuple(PARTS)], ids="+".join)
def test_frozen_parts_have_no_gradient_and_the_others_keep_theirs(vae, x, names):
    variables = vae.trainable_variables
    fixed = [(v, v.value) for v in vae.non_trainable_variables]

    def gradients(frozen):
        def total(values):
            with keras.StatelessScope(state_mapping=[*zip(variables, values, strict=True), *fixed]):
                state = keras.random.SeedGenerator(1).state.value
                context = vae.context(jnp.asarray(x), state)
                with context.frozen(*frozen):
                    q = context.encode(context.x)
                    z, log_q = q.sample_and_log_prob(2, Draws(state))
                    return ops.sum(context.log_joint(z) - log_q) + ops.sum(vae.objective.discriminator(z[0]))

        return jax.value_and_grad(total)([v.value for v in variables])

    value, free = gradients(())
    frozen_value, got = gradients(names)
    assert float(frozen_value) == pytest.approx(float(value), rel=1e-6)
    for name, variable, mine, before in zip(part_of(vae), variables, got, free, strict=True):
        assert np.abs(before).max() > 0, variable.path
        if name in names:
            np.testing.assert_array_equal(mine, 0, err_msg=variable.path)
        else:
            np.testing.assert_allclose(mine, before, rtol=1e-4, atol=1e-5, err_msg=variable.path)
