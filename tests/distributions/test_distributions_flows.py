"""Flows with an inverse: their Jacobians against automatic differentiation, and their densities against quadrature."""

import jax
import numpy as np
import pytest
import scipy.stats
from jax import numpy as jnp

from zukan.distributions import Affine, Autoregressive, Inverted, Mixture, Normal, Transformed
from zukan.networks.masked import MaskedDense, by_halves, masked_layers, one_by_one

pytestmark = pytest.mark.usefixtures("x64")
KINDS = {"autoregressive": one_by_one, "coupling": by_halves}
each_kind = pytest.mark.parametrize("kind", KINDS)
each_direction = pytest.mark.parametrize("inverted", [False, True], ids=["as it is", "inverted"])


def network(degrees, units=(12, 9), context_dim=0, seed=0, spread=1.0):
    """Return a network in double precision, far from its start."""
    made = MaskedDense(degrees, units, context_dim, dtype="float64")
    made.build()
    rng = np.random.default_rng(seed)
    made.set_weights([spread * rng.normal(size=weight.shape) for weight in made.get_weights()])
    return made


def flow(kind, d, *, inverted=False, layers=2, spread=1.0):
    made = [network(KINDS[kind](d, i), seed=i, spread=spread) for i in range(layers)]
    steps = [Autoregressive(each.degrees, each.parameters) for each in made]
    steps = [*map(Inverted, steps)] if inverted else steps
    rng = np.random.default_rng(d)
    return Transformed(Normal(*jnp.asarray(0.5 * rng.normal(size=(2, d)))),
                       [*steps, Affine(*jnp.asarray(0.4 * rng.normal(size=(2, d))))])


@pytest.mark.parametrize("context_dim", [0, 3])
@pytest.mark.parametrize("degrees", [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 3, 1], [0, 1, 0, 1, 0], [1, 0, 1], [0]], ids=str)
def test_an_output_depends_on_all_inputs_of_lower_degree_and_no_other(degrees, context_dim):
    made = network(degrees, context_dim=context_dim)
    d, context = len(degrees), jnp.ones((context_dim,)) if context_dim else None
    x = jnp.asarray(np.random.default_rng(1).normal(size=d))
    allowed = np.array(degrees)[None, :] < np.array(degrees)[:, None]
    for output in (0, 1):
        jacobian = np.asarray(jax.jacfwd(lambda x, output=output: made.parameters(x, context)[output])(x))
        assert jacobian.shape == (d, d)
        np.testing.assert_array_equal(jacobian[~allowed], 0)
        assert (np.abs(jacobian[allowed]) > 1e-6).all()
        if context_dim:
            by_context = jax.jacfwd(lambda c, output=output: made.parameters(x, c)[output])(context)
            assert (np.abs(by_context) > 1e-6).all()
    order = np.argsort(degrees, kind="stable")
    shifts = np.asarray(jax.jacfwd(lambda x: made.parameters(x, context)[0])(x))[np.ix_(order, order)]
    np.testing.assert_array_equal(np.triu(shifts), 0)


def test_a_flow_starts_as_the_identity():
    for made in masked_layers(one_by_one, 4, 2, (6,), 3):
        shift, log_scale = made.parameters(np.ones((5, 4), "float32"), np.ones((5, 3), "float32"))
        np.testing.assert_array_equal(shift, 0)
        np.testing.assert_array_equal(log_scale, 0)


@each_direction
@each_kind
@pytest.mark.parametrize("d", [1, 4])
def test_the_log_determinant_and_the_inverse_equal_automatic_differentiation(kind, d, inverted):
    q = flow(kind, d, inverted=inverted, layers=1)
    points = np.random.default_rng(1).normal(size=(2, 3, d))
    for step in q.transformations:
        images, log_det = step.forward(jnp.asarray(points))
        jacobians = jax.vmap(jax.jacfwd(lambda z, step=step: step.forward(z)[0]))(jnp.asarray(points.reshape(-1, d)))
        signs, expected = np.linalg.slogdet(np.asarray(jacobians))
        assert images.shape == (2, 3, d)
        assert (signs == 1).all()
        np.testing.assert_allclose(np.broadcast_to(log_det, (2, 3)).ravel(), expected, rtol=1e-9, atol=1e-10)
        back, log_det_back = step.inverse(images)
        np.testing.assert_allclose(back, points, rtol=1e-8, atol=1e-8)
        np.testing.assert_allclose(log_det_back, -np.asarray(log_det), rtol=1e-8, atol=1e-8)


@each_direction
@each_kind
def test_draws_know_their_density_along_their_path_and_by_the_inverse(kind, inverted):
    q = flow(kind, 3, inverted=inverted)
    z, log_q = q.sample_and_log_prob(50, 0)
    np.testing.assert_allclose(q.log_prob(z), log_q, rtol=1e-7, atol=1e-7)
    np.testing.assert_array_equal(q.sample(50, 0), z)
    np.testing.assert_array_equal(q.mean, q.transform(q.base.mean)[0])
    assert q.event_shape == (3,)


@each_direction
@each_kind
def test_the_density_integrates_to_one_over_the_plane(kind, inverted):
    q = flow(kind, 2, inverted=inverted, spread=0.4)
    z = np.asarray(q.sample(20_000, 0))
    low, high = z.min(0) - 0.3 * np.ptp(z, 0), z.max(0) + 0.3 * np.ptp(z, 0)
    axes = np.linspace(low, high, 801).T
    density = np.exp(np.asarray(q.log_prob(jnp.asarray(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)))))
    total = np.trapezoid(np.trapezoid(density, axes[1], axis=1), axes[0])
    assert total == pytest.approx(1.0, abs=2e-3)
    # The distribution function of the first coordinate, by quadrature, against the draws.
    marginal = np.trapezoid(density, axes[1], axis=1)
    steps = (marginal[1:] + marginal[:-1]) / 2 * np.diff(axes[0])
    cumulative = np.concatenate([[0.0], np.cumsum(steps)])
    assert scipy.stats.kstest(z[:, 0], lambda v: np.interp(v, axes[0], cumulative)).pvalue > 1e-3


def test_a_density_with_a_context_has_its_batch_and_a_mixture_of_flows_its_components():
    made = network([0, 1], context_dim=3)
    contexts = jnp.asarray(np.random.default_rng(2).normal(size=(4, 3)))
    base = Normal(jnp.zeros((4, 2)), jnp.zeros((4, 2)))
    q = Transformed(base, [Autoregressive(made.degrees, lambda x: made.parameters(x, contexts))])
    values = jnp.asarray(np.random.default_rng(3).normal(size=(6, 1, 2)))
    log_q = np.asarray(q.log_prob(values))
    assert log_q.shape == (6, 4)
    for i in range(4):
        one = Transformed(Normal(jnp.zeros(2), jnp.zeros(2)),
                          [Autoregressive(made.degrees, lambda x, i=i: made.parameters(x, contexts[i]))])
        np.testing.assert_allclose(log_q[:, i], one.log_prob(values[:, 0]), rtol=1e-10)
    mixture = Mixture(jnp.zeros(4), q)
    np.testing.assert_allclose(mixture.log_prob(values[:, 0]), np.log(np.exp(log_q).mean(1)), rtol=1e-10)


def test_the_density_by_the_inverse_has_the_gradient_of_finite_differences():
    made = network([0, 1, 2])
    q = Transformed(Normal(jnp.zeros(3), jnp.zeros(3)), [Autoregressive(made.degrees, made.parameters)])
    value = np.array([0.3, -0.5, 0.7])
    gradient = np.asarray(jax.grad(q.log_prob)(jnp.asarray(value)))
    for j in range(3):
        step = 1e-6 * np.eye(3)[j]
        numeric = float(q.log_prob(jnp.asarray(value + step)) - q.log_prob(jnp.asarray(value - step))) / 2e-6
        assert gradient[j] == pytest.approx(numeric, rel=1e-5, abs=1e-6)


def test_few_units_still_see_all_elements_before():
    """With fewer units than elements, the degrees of the units are spread over all of them."""
    network = MaskedDense(one_by_one(12, 0), (4, 4))
    network.build()
    reach = network.masks[0]
    for mask in network.masks[1:]:
        reach = reach @ mask
    sees = reach[:, :12] > 0
    assert sees[:11].any(axis=1).all()  # every element but the last one matters to some later element
    assert not np.tril(sees).any()  # and none to itself or to an earlier one
