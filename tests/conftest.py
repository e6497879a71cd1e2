"""What all tests share: the backend, the settings of JAX and hypothesis, and a small trained model."""

import os
import tempfile

os.environ["KERAS_BACKEND"] = "jax"  # other backends are tested in separate processes
os.environ.setdefault("MPLBACKEND", "Agg")

# Most of the time goes into compiling, so the tests compile with few optimizations. The commands that tests start inherit
# these variables. The fixture `optimized` compiles as users do.
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "true")

import hypothesis
import jax

if jax.__version_info__[:2] <= (0, 10):  # later XLA does not know this flag and would abort
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_use_fusion_emitters=false")

import pytest

import zukan
from blobs import blobs
from zukan.plots import Display

Display.png.__defaults__ = (40,)  # dots per inch; at the usual resolution a tiny run spends half its time on figures

hypothesis.settings.register_profile("zukan", derandomize=True, database=None, deadline=None, max_examples=50)
hypothesis.settings.load_profile("zukan")

# Many tests build the same tiny model. They share one compilation cache, also between the workers of pytest-xdist, which
# inherit the variable. The folder is deleted when the tests end.
if "ZUKAN_TESTS" not in os.environ:
    _compilations = tempfile.TemporaryDirectory(prefix="zukan-tests-")
    os.environ["ZUKAN_TESTS"] = _compilations.name
os.environ["XDG_CACHE_HOME"] = os.environ["ZUKAN_TESTS"]  # for the commands that tests start
jax.config.update("jax_compilation_cache_dir", os.environ["ZUKAN_TESTS"])
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.05)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


LONGEST = ["test_contracts_models.py", "test_docs_models.py", "test_contracts_runs.py", "test_docs_code.py",
           "test_training_replicas.py", "test_runs_resume.py", "test_notebook.py", "test_commands_train.py",
           "test_compiled_epochs.py", "test_sklearn.py"]


# Variants of a test whose other variants run anyway; `pytest -m thorough` runs them.
VARIANTS = [
    "test_no_setting_of_keras_changes_a_number[convolutions, an odd size, a condition]",
    *(f"test_each_model_equals_its_own_fit[{case}]" for case in (
        "beta-cpu", "a warm-up to several betas-cpu", "free bits, none among them-cpu", "free bits, none among them-gpu",
        "learning rate that decays-cpu")),
    "test_a_code_depends_on_the_codes_before_it_and_on_all_of_them[pixelcnn-positions2-1]",
    "test_a_prior_fitted_afterwards_learns_the_codes_and_samples[autoregressive-2]",
    "test_a_prior_fitted_afterwards_learns_the_codes_and_samples[pixelcnn-None]",
    "test_a_table_of_codes_holds_whole_numbers[joint]",
    *(f"test_a_disk_that_is_full[{case}]" for case in ("the recipe", "a checkpoint", "figures")),
    "test_any_shape_trains[(28, 28, 1)-{'name': 'conv', 'filters': [2]}]",
    "test_any_shape_trains[(9,)-{'name': 'transformer', 'width': 4, 'depth': 1}]",
    *(f"test_a_line_builds_a_model_that_works[VAE({line})]" for line in (  # the contracts train these parts as well
        'encoder="conv", latent_dim=392, posterior={"name": "vq", "entries": 32}, prior="pixelcnn"',
        'latent_dim=3, posterior="sphere", prior="sphere"', 'posterior="iaf"')),
    *(f"test_the_code_of_a_page_does_what_the_page_says[{page}.md]" for page in ("commands", "data", "diagnose", "presets", "scaling", "tables")),
    "test_a_sampler_is_fitted_afterwards[codes.fit_prior(x, prior=\"pixelcnn\")]",
    "test_a_run_goes_on_within_an_epoch[None-14]",
    *(f"test_figures_show_what_z_holds[{case}]" for case in ("one number", "grid", "joint")),
    "test_a_vamp_prior_and_dreg_fit_any_posterior_with_a_density_at_every_z[realnvp]",
    "test_no_setting_of_keras_changes_a_number[missing values]",
    "test_optimizers_equal_stock_keras[adam]",
    "test_options_of_fit_equal_stock_keras[validation split]",
    "test_a_damaged_checkpoint_leads_to_the_one_before[empty]",
    "test_likelihoods_with_several_values_fit_every_decoder[logistic-mixture-encoder0]",
    "test_a_line_builds_a_model_that_works[VAE(likelihood=\"logistic-mixture\")]",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark variants, and run the slowest files first, so that no worker is left with one of them at the end."""
    for item in items:
        if item.name in VARIANTS:
            item.add_marker(pytest.mark.thorough)
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture
def x64():
    """Let JAX compute in double precision, for comparisons to many digits."""
    with jax.enable_x64(True):
        yield


@pytest.fixture
def optimized():
    """Compile with all optimizations, as users do."""
    jax.config.update("jax_disable_most_optimizations", False)
    yield
    jax.config.update("jax_disable_most_optimizations", True)


@pytest.fixture(scope="session")
def x():
    """Forty items of 6 features in [0, 1]."""
    return blobs(40)


@pytest.fixture(scope="session")
def make(x):
    """A function that builds and compiles a tiny model."""

    def build(optimizer="adam", **options):
        options = {"event_shape": x.shape[1:], "latent_dim": 2, "encoder": {"name": "mlp", "units": [8]}, **options}
        vae = zukan.VAE(**options)
        vae.compile(optimizer)
        return vae

    return build


@pytest.fixture(scope="session")
def trained(make, x):
    """A tiny model trained for 3 epochs; ``trained.history`` is Keras's. Tests must not change it."""
    vae = make(seed=3)
    vae.fit(x, epochs=3, batch_size=8, validation_data=x[:16], verbose=0)
    return vae
