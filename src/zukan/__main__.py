"""The entry point of ``python -m zukan``."""

from zukan.cli import main

if __name__ == "__main__":  # worker processes that read data import this file too
    main()
