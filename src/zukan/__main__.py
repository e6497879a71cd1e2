"""``python -m zukan``."""

from zukan.cli import main

if __name__ == "__main__":  # processes that read data import it too
    main()
