"""``python -m zukan``."""

from zukan.cli import main

main()
