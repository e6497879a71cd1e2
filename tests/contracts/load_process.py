"""Load every saved model of a folder and write what it computes; test_contracts_models.py runs this script."""

import json
import sys
from pathlib import Path

from test_contracts_models import results

import zukan

folder = Path(sys.argv[1])
models = [zukan.load(folder / f"{i}.keras") for i in range(len(list(folder.glob("*.keras"))))]
(folder / "results.json").write_text(json.dumps(
    [{"config": vae.get_config(), "results": results(vae)} for vae in models]))
