"""Several devices give the results of one; data lies on a device as bytes if floats do not fit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jax
import keras
import numpy as np
import pytest
from tiny_models import assert_same_state, build

import zukan
from blobs import blobs
from zukan import devices
from zukan.compiled import Placement, Tables, storing


@pytest.mark.parametrize("names", [
    ("whole", "together", "indivisible", "rows divided", "streamed"),
    pytest.param(("convolutions", "double"), marks=pytest.mark.thorough)], ids=", ".join)
def test_four_devices_give_the_results_of_one(names):
    pytest.importorskip("grain")
    folder = Path(__file__).parent
    path = os.pathsep.join([str(folder.parent), *filter(None, sys.path)])
    done = subprocess.run([sys.executable, "-W", "ignore", folder / "devices_process.py", *names], check=False, text=True,
                          capture_output=True, env={
        **os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=4", "JAX_PLATFORMS": "cpu",
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1", "PYTHONPATH": path})
    assert done.returncode == 0, done.stderr
    differences = json.loads(done.stdout.splitlines()[-1])
    assert set(differences) == set(names)
    for name, difference in differences.items():
        assert difference < (1e-13 if name == "double" else 1e-6), differences


@pytest.mark.usefixtures("optimized")
def test_bytes_on_the_device_give_the_same_weights(monkeypatch):
    x = np.rint(255 * blobs(83)).astype("uint8") / np.float32(255)
    floats, stored, held = build(seed=4), build(seed=4), []
    expected = floats.fit(x, epochs=2, batch_size=8, validation_data=x[:9], verbose=0).history
    monkeypatch.setattr(storing, "memory", lambda: x.nbytes / 4)
    start = Tables.__init__

    def watch(self, *args, **options):
        start(self, *args, **options)
        held.append(self.arrays)

    monkeypatch.setattr(Tables, "__init__", watch)
    assert stored.fit(x, epochs=2, batch_size=8, validation_data=x[:9], verbose=0).history == expected
    assert held[0].values.dtype == np.uint8
    assert_same_state(stored, floats)


@pytest.mark.parametrize("x", [blobs(5), np.float32([[1.5]]), np.float32([[np.nan]]), np.float32([[-1 / 255]]),
                               np.ones((3, 2)), np.ones(3, "float32")], ids=str)
def test_only_images_of_bytes_become_bytes(x):
    assert storing.as_bytes(x) is None
    exact = storing.as_bytes(storing.LEVELS.reshape(16, 16))
    np.testing.assert_array_equal(exact.values.ravel(), np.arange(256))


def test_devices_are_checked():
    with pytest.raises(zukan.InputError, match=r"devices must be at most 1, the number that JAX has here \(cpu\), got 2"):
        devices.chosen_devices(2)
    with pytest.raises(zukan.InputError, match="devices must be"), devices.scope(0):
        pass
    for count in ("all", 1, None):
        with devices.scope(count):
            assert keras.distribution.distribution() is None
    mesh = keras.distribution.DeviceMesh((1, 1), ["batch", "model"], [f"cpu:{jax.devices()[0].id}"])
    layout = keras.distribution.ModelParallel(layout_map=keras.distribution.LayoutMap(mesh), batch_dim_name="batch")
    with pytest.raises(zukan.InputError, match="must be a keras.distribution.DataParallel, got ModelParallel"):
        Placement(layout)
    placement = Placement(keras.distribution.DataParallel(devices=["cpu:0"]))
    placement.check(7)
    placement.mesh = type("Mesh", (), {"size": 4})
    with pytest.raises(zukan.InputError, match="batch_size must be a multiple .* which is 4, got 6; use 8"):
        placement.check(6)
