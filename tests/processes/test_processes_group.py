"""A group: what its processes exchange, and how they divide work. Here its processes are threads."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from zukan import checks, processes
from zukan.processes import Group, links
from zukan.processes.sharing import of_all


@pytest.fixture
def together():
    """A function that calls a function with each of ``size`` groups, in a thread each, and returns the results."""
    opened = []

    def run(size, function):
        listener, groups = links.Listener(), [Group(size, index) for index in range(size)]
        with ThreadPoolExecutor(size) as pool:
            accepted = pool.submit(listener.accept, size)
            sockets = [links.connect(listener.address, index, "localhost") for index in range(1, size)]
            groups[0].links = [links.Link(index, socket, ended) for index, socket in sorted(accepted.result().items())]
            for group, socket in zip(groups[1:], sockets, strict=True):
                group.links = [links.Link(0, socket, ended)]
            for link in [link for group in groups for link in group.links]:
                opened.append(link)
                link.start()
            return [future.result(10) for future in [pool.submit(function, group) for group in groups]]

    def ended(index, kind, content):
        heard.append(index)

    heard = []
    yield run
    for link in opened:
        link.close()


def test_all_get_the_contents_of_all(together):
    found = together(3, lambda group: (group.exchange("a", bytes([group.index]) * group.index), group.exchange("b")))
    assert found == [([b"", b"\1", b"\2\2"], [b""] * 3)] * 3


def test_all_get_the_text_of_the_first(together):
    assert together(3, lambda group: group.of_first("a", f"caf\udce9 {group.index}")) == ["caf\udce9 0"] * 3


def test_different_values_are_refused_in_all(together):
    def check(group):
        group.check_same("the data", "abc")
        with pytest.raises(checks.InputError, match="the data must be the same for all processes, got 'x0' in process 0 and 'x1' in process 1"):
            group.check_same("the data", f"x{group.index}")
        with pytest.raises(checks.InputError, match="the work must be the same for all"):
            group.exchange(f"step {group.index}")
        return True

    assert all(together(3, check))


@pytest.mark.parametrize("rows", [0, 1, 7])
def test_results_are_joined_in_order(together, rows):
    whole = [np.arange(3 * rows, dtype="float32").reshape(rows, 3), np.arange(rows) % 2 == 0]

    def part(group):
        mine = slice(rows * group.index // 3, rows * (group.index + 1) // 3)
        return of_all(group, "results", [array[mine] for array in whole])

    for found in together(3, part):
        assert all(np.array_equal(array, expected) and array.dtype == expected.dtype
                   for array, expected in zip(found, whole, strict=True))


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 5, 11])
def test_parts_are_the_whole(size, count):
    groups = [Group(size, index) for index in range(size)]
    for group in groups:
        assert group.part(count) == range(count)
        group.splits = True
    parts = [list(group.part(count)) for group in groups]
    if count < size:
        assert parts == [list(range(count))] * size
    else:
        assert sum(parts, []) == list(range(count))  # noqa: RUF017
        assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_stranger_does_not_join():
    listener = links.Listener()
    with ThreadPoolExecutor(1) as pool:
        accepted = pool.submit(listener.accept, 2)
        strangers = [links.connect(listener.address.replace(listener.token.hex().encode(), token), 1, "localhost")
                     for token in (b"00" * links.TOKEN, b"")]
        strangers[1].close()
        friend = links.connect(listener.address, 1, "localhost")
        connections = accepted.result(10)
        assert connections[1].getpeername()[1] == friend.getsockname()[1]
        for connection in (*connections.values(), friend, *strangers):
            connection.close()


def test_a_port_in_use_is_refused():
    with links._server(0) as server, pytest.raises(checks.InputError, match="is in use; choose another"):
        links.check_free(f"localhost:{server.getsockname()[1]}")


def test_alone_there_is_one_process():
    with processes.joined() as group:
        assert group is processes.current()
        assert (group.size, group.is_first, group.exchange("a", b"b")) == (1, True, [b"b"])
        group.leave()
