"""Free memory within control groups."""

from zukan.data import memory


def test_memory_within_control_groups(tmp_path):
    own = tmp_path / "own"
    for version, names in ((2, ("memory.max", "memory.current", "inactive_file")),
                           (1, ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"))):
        root = tmp_path / str(version)
        folder = (root if version == 2 else root / "memory") / "jobs" / "mine"
        folder.mkdir(parents=True)
        for place, limit in ((folder, 1000), (folder.parent, 900)):
            for name, value in zip(names[:2], (limit, 300), strict=True):
                (place / name).write_text(f"{value}\n")
            (place / "memory.stat").write_text(f"anon 7\n{names[2]} 50\n")
        own.write_text("0::/jobs/mine\n" if version == 2 else "3:cpu:/\n4:memory:/jobs/mine\n")
        assert sorted(memory._cgroups(root, own)) == [650, 750]
    (tmp_path / "2" / "jobs" / "memory.max").write_text("max\n")
    own.write_text("0::/jobs/mine\n")
    assert [*memory._cgroups(tmp_path / "2", own)] == [750]
    assert 0 < memory.available() < 2**50
