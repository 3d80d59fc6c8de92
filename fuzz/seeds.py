"""Writes the fixtures of lists as first inputs into `corpus/`, a folder per target; parts of archives are taken apart."""

import pathlib
import zipfile

HERE = pathlib.Path(__file__).parent
LISTS = HERE.parent / "tests/files/lists"
XLSX = ["xl/worksheets/sheet2.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
XLSX_FIRST = ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
ODS = ["content.xml", "META-INF/manifest.xml"]


def put(target, name, content):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def parts(path, names):
    archive = zipfile.ZipFile(path)
    known = set(archive.namelist())
    return b"\0".join(archive.read(name) if name in known else b"" for name in names)


for path in sorted(path for path in LISTS.iterdir() if path.is_file()):
    content, kind = path.read_bytes(), path.suffix
    if kind in (".csv", ".txt", ".tsv"):
        put("csv", path.name, content)
    elif kind == ".vcf":
        put("cards", path.name, content)
    elif kind == ".xlsx":
        put("xlsx", path.name, parts(path, XLSX))
        put("xlsx", path.name + ".first", parts(path, XLSX_FIRST))
        put("archive", path.name, content)
    elif kind == ".ods":
        put("ods", path.name, parts(path, ODS))
        put("archive", path.name, content)
    elif kind == ".xls":
        put("xls", path.name, content)
        # The records begin with the first BIFF8 mark; the sectors of small files follow each other.
        begin = content.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
        if begin > 0:
            put("xls", path.name + ".records", b"\0" + content[begin:])
