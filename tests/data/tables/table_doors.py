"""One table, written through every door."""

import bz2
import csv
import gzip
import io
import json
import lzma
import zipfile

import pyarrow as pa
import pytest
from pyarrow import parquet


def by_rows(table):
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]


def as_text(value, *, decimal=".", mark="NA"):
    if value is None:
        return mark
    return repr(value).replace(".", decimal) if isinstance(value, float) else str(value)


def write_text(path, table, *, separator=",", decimal=".", mark="NA", encoding="utf-8", line_end="\n", quoting=csv.QUOTE_MINIMAL):
    """Write a table as text, compressed as the ending of ``path`` says."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end, quoting=quoting)
    writer.writerow(table)
    writer.writerows([as_text(value, decimal=decimal, mark=mark) for value in row] for row in zip(*table.values(), strict=True))
    content = text.getvalue().encode(encoding)
    if path.suffix == ".zst":
        with pa.output_stream(str(path), compression="zstd") as file:
            file.write(content)
        return path
    packers = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("t.csv", content)
        return path
    path.write_bytes(packers.get(path.suffix, bytes)(content))
    return path


def write_lines(path, table):
    content = "".join(json.dumps(row) + "\n" for row in by_rows(table)).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def write_parquet(path, table):
    parquet.write_table(pa.table(table), path, row_group_size=5)
    return path


def write_excel(path, table):
    book = pytest.importorskip("openpyxl").Workbook()
    book.active.append(list(table))
    for row in zip(*table.values(), strict=True):
        book.active.append(row)
    book.save(path)
    return path


def pandas_frame(table):
    return pytest.importorskip("pandas").DataFrame(table)


def written_by_pandas(path, table, **options):
    pandas_frame(table).to_csv(path, **options)
    return path


DOORS = {
    "csv": lambda path, table: write_text(path / "t.csv", table),
    "jsonl": lambda path, table: write_lines(path / "t.jsonl", table),
    "jsonl.gz": lambda path, table: write_lines(path / "t.jsonl.gz", table),
    "parquet": lambda path, table: write_parquet(path / "t.parquet", table),
    "excel": lambda path, table: write_excel(path / "t.xlsx", table),
    "pyarrow": lambda path, table: pa.table(table),
    "pandas": lambda path, table: pandas_frame(table),
    "pandas, nullable": lambda path, table: pandas_frame(table).convert_dtypes(),
    "pandas, arrow": lambda path, table: pandas_frame(table).convert_dtypes(dtype_backend="pyarrow"),
    "pandas, categorical": lambda path, table: pandas_frame(table).astype({"kind": "category"}),
    "pandas, all text": lambda path, table: pandas_frame({name: [as_text(value) for value in column] for name, column in table.items()}),
    "pandas, objects": lambda path, table: pandas_frame(table).astype(object),
    "pandas to csv": lambda path, table: written_by_pandas(path / "p.csv", table, index=False),
    "pandas to csv with its index": lambda path, table: written_by_pandas(path / "p.csv", table),
    "polars": lambda path, table: pytest.importorskip("polars").DataFrame(table, strict=False),
    "columns": lambda path, table: dict(table),
}
