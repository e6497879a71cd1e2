"""The shell commands of the pages: which run here and how, and which cannot, with the reason."""

import re
import shlex
from glob import glob

from zukan import cli

# Commands that do not run here: a pattern for the whole line, and why.
NOT_RUN = [
    (r"python3 -m venv \.venv && .*zukan train", "installs zukan, then trains for minutes"),
    (r"python3 -m venv \.venv-test && .*", "the command that runs these tests"),
    (r"python3 -m venv \.venv-dev && .*", "installs the tools of contributors"),
    (r"\.venv-dev/bin/ruff check \. && .*", "CI runs it"),
    (r"pip install .*", "installs packages"),
    (r"python -c .*vega_datasets.*", "needs a package that only this page uses"),
    (r".*--process-id .*", "one of several processes; tests/processes runs such commands"),
    (r"(srun|sbatch|mpirun) .*", "needs a cluster"),
    (r"zukan evaluate .*", "takes minutes; tests/commands/test_commands_evaluate.py runs it"),
    (r"zukan train .*--track .*(mlflow|wandb).*", "needs packages that only this uses; pytest -m thorough runs both"),
    (r"(tensorboard|mlflow ui|wandb sync) .*", "programs of other packages, which serve until Ctrl-C or send files"),
    (r"zukan tune .*", "trains many models; tests/cli/test_cli_tune.py runs it"),
    (r"zukan (train big\.parquet|sample runs/big) .*", "takes a minute with a million rows"),
    (r"python -m benchmarks\b.*", "measures for minutes"),
    (r"ZUKAN_FUZZ=.* pytest .*", "fuzzes for minutes; pytest runs a short form"),
    (r"KERAS_BACKEND=torch zukan .*", "needs PyTorch; CI tests the other backends"),
    (r"zukan explore (?!.*--export)\S+( \S+)*", "serves until Ctrl-C; tests/explorer runs the server"),
    (r"(zukan explore .* && )?npm .*", "needs Node.js and a browser"),
    (r"python tests/docs/write_commands\.py", "writes into the repository; test_docs_commands.py compares the result"),
]
# What `zukan train` gets here in place of the page's value; the number of epochs also in place of the default.
SMALLER = {"--epochs": "2", "--seeds": "2", "--sweep": "beta=0.5,1"}


def commands(block):
    """Return the command lines of a bash block, without comments."""
    lines = block.code.replace("\\\n", " ").splitlines()
    return [line for line in (re.sub(r"(^|\s+)#\s.*$", "", line).strip() for line in lines) if line]


def reason_not_to_run(line):
    """Return why a command does not run here; None if it does."""
    return next((reason for pattern, reason in NOT_RUN if re.fullmatch(pattern, line)), None)


def arguments(line):
    """Return the words that follow ``zukan``, with file patterns expanded and trainings made short."""
    program, *words = shlex.split(line)
    assert program == "zukan", f"{line!r} is not a zukan command; add it to NOT_RUN with the reason"
    assert not {"&&", "|", ";", ">"} & set(words), f"{line!r} needs a shell; write one command on a line"
    words = [path for word in words for path in (sorted(glob(word)) if "*" in word else [word])]  # noqa: PTH207
    if words[0] == "train":
        words += [] if "--epochs" in words else ["--epochs", ""]
        for option in SMALLER.keys() & set(words):
            words[words.index(option) + 1] = SMALLER[option]
    return words


def run(line):
    """Run a command of a page in this process."""
    if reason_not_to_run(line) is None:
        assert cli.run(arguments(line)) == 0, line
