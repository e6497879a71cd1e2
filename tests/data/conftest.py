"""A mistake is one sentence with a fix."""

import re

import pytest

from zukan import data
from zukan.checks import InputError


@pytest.fixture
def refused():
    """Return a function that asserts that a source is refused in one sentence with certain words."""

    def check(source, *words, **options):
        with pytest.raises(InputError) as caught:
            data.load(source, **options)
        message = str(caught.value)
        assert "\n" not in message
        for word in words:
            assert word in message
        assert re.search(r"; \w", message), "the message must end in a fix"

    return check
