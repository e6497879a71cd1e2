from sklearn.utils.estimator_checks import parametrize_with_checks
from zukan.sklearn import VAETransformer
@parametrize_with_checks([VAETransformer(epochs=1, encoder={"name":"mlp","units":[8]}, samples=2)])
def test_checks(estimator, check):
    check(estimator)
