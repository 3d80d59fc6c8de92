"""Writes workbooks and tables by LibreOffice (7.4 was used): `apt install libreoffice-calc python3-uno`, then
`/usr/bin/python3 office.py`."""

import datetime
import pathlib
import shutil
import subprocess
import tempfile
import time
from xml.sax.saxutils import escape, quoteattr

HERE = pathlib.Path(__file__).parent
NAMES = """xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"
 xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet\""""
STYLES = """<office:automatic-styles>
<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style>
<number:date-style style:name="N1"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>
<number:text>/</number:text><number:year number:style="long"/></number:date-style>
<style:style style:name="date" style:family="table-cell" style:data-style-name="N1"/></office:automatic-styles>"""
DAY = datetime.date(2019, 9, 1)


class Formula:
    """A formula with its result; an error has a text as result."""

    def __init__(self, formula, result=""):
        self.formula, self.result = formula, result


class Link:
    def __init__(self, text):
        self.text = text


class Merged:
    def __init__(self, text, columns):
        self.text, self.columns = text, columns


def cell(value):
    if value is None or value == "":
        return "<table:table-cell/>"
    formula, more = "", ""
    if isinstance(value, Formula):
        formula, value = f" table:formula={quoteattr('of:' + value.formula)}", value.result
    if isinstance(value, Merged):
        covered = f'<table:covered-table-cell table:number-columns-repeated="{value.columns - 1}"/>'
        more, value, formula = covered, value.text, f' table:number-columns-spanned="{value.columns}" table:number-rows-spanned="1"'
    if isinstance(value, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"{formula}/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"{formula}/>'
    if isinstance(value, datetime.date):
        return f'<table:table-cell table:style-name="date" office:value-type="date" office:date-value="{value}"{formula}/>'
    if isinstance(value, Link):
        link = f'<text:a xlink:href="mailto:{value.text}">{value.text}</text:a>'
        return f'<table:table-cell office:value-type="string"><text:p>{link}</text:p></table:table-cell>'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
    return f'<table:table-cell office:value-type="string"{formula}>{lines}</table:table-cell>{more}'


def sheet(name, rows, is_hidden=False):
    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    style = ' table:style-name="hidden"' if is_hidden else ""
    return f"<table:table table:name={quoteattr(name)}{style}>{lines}</table:table>"


def source(folder, name, sheets, first_day=None):
    settings = ""
    if first_day:
        null = f'<table:null-date table:date-value="{first_day}"/>'
        settings = f"<table:calculation-settings>{null}</table:calculation-settings>"
    body = f"<office:body><office:spreadsheet>{settings}{''.join(sheets)}</office:spreadsheet></office:body>"
    path = pathlib.Path(folder, name + ".fods")
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?><office:document {NAMES}>{STYLES}{body}</office:document>')
    return path


def convert(path, kind, name):
    """`kind` is an extension, with the name of a filter and its options behind colons."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/user", "--convert-to", kind]
        subprocess.run([*command, "--outdir", folder, str(path)], check=True, stdout=subprocess.DEVNULL)
        made = pathlib.Path(folder, path.stem + "." + kind.split(":")[0])
        shutil.copy(made, HERE / name)


def protect(path, kinds):
    """Saves a book with a password by LibreOffice's own interface (`python3-uno`)."""
    import uno
    from com.sun.star.beans import PropertyValue
    from com.sun.star.connection import NoConnectException

    def value(name, content):
        property = PropertyValue()
        property.Name, property.Value = name, content
        return property

    with tempfile.TemporaryDirectory() as folder:
        address = "pipe,name=lists;urp;StarOffice.ComponentContext"
        office = subprocess.Popen(
            ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/user", f"--accept={address}"]
        )
        resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
        for _ in range(60):
            try:
                context = resolver.resolve(f"uno:{address}")
                break
            except NoConnectException:
                time.sleep(1)
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        document = desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, (value("Hidden", True),))
        for name, filter in kinds:
            target = (HERE / "refused" / name).as_uri()
            document.storeToURL(target, (value("FilterName", filter), value("Password", "secret")))
        document.close(True)
        desktop.terminate()
        office.wait(60)


TEAM = [
    ["Civilité", "Nom", "Prénom", "Fonction", "Service", "E-mail", "Téléphone", "Mobile", "Adresse", "CP", "Ville", "Remarques"],
    ["Mme", "LEFÈVRE", "Hélène", "Juriste", "Contentieux", Link("helene.lefevre@mairie.example"), "01 10 20 30 40", 612345678,
     "12, rue Haute\nBât. B", "69001", "LYON", "Dit « oui » ; puis \"non\""],
    ["M.", "NOËL", "François", "Directeur", "Affaires juridiques", Link("francois.noel@mairie.example"), 110203041, None,
     "3 rue Basse", 1000, "BOURG-EN-BRESSE", None],
    ["M.", "BEAULIEU", "Marc", "Acheteur", "Achats", Link("marc.beaulieu@mairie.example"), 33472103031, "07.49.12.34.79",
     "4 rue Basse", 69007, "LYON", None],
    ["Mme", "D'ARC", "Zoé", "Acheteuse", "Achats", None, "+33 1 10 20 30 43", None, "5 rue Basse", 69008, "LYON", "œuvre – 12 €"],
]
FORMULAS = [
    [Merged("Liste de l’équipe", 6)],
    [Merged("Personne", 3), Merged("Moyens", 3)],
    ["Prénom", "Nom", "Nom complet", "E-mail", "Téléphone", "Arrivée"],
    ["Anne", "Lefèvre", Formula('=[.A4]&" "&[.B4]', "Anne Lefèvre"),
     Formula('=LOWER([.A4])&"@mairie.example"', "anne@mairie.example"), Formula("=110203000+40", 110203040), DAY],
    ["Marc", "Beaulieu", Formula('=[.A5]&" "&[.B5]', "Marc Beaulieu"),
     Formula('=LOWER([.A5])&"@mairie.example"', "marc@mairie.example"), Formula("=1/0", "#DIV/0!"), Formula("=[.F4]+1", 43710)],
]
HIDDEN = [["Nom", "E-mail"], ["Ancien", "ancien@mairie.example"]]
DATES = [
    ["Nom", "Prénom", "E-mail", "Note"],
    ["Lefèvre", "Hélène", "helene.lefevre@mairie.example", DAY],
    ["Noël", "François", "francois.noel@regie.example", datetime.date(1904, 1, 2)],
]
CSV = "csv:Text - txt - csv (StarCalc):"

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        team = source(folder, "team", [sheet("Équipe", TEAM)])
        convert(team, "xlsx:Calc MS Excel 2007 XML", "office-team.xlsx")
        convert(team, "xls:MS Excel 97", "office-team.xls")
        convert(team, "ods:calc8", "office-team.ods")
        # The separator, the quote, the encoding (1: Windows-1252, 2: Mac Roman, 76: UTF-8, 65535: UTF-16), the first row.
        convert(team, CSV + "59,34,1,1", "office-windows.csv")
        convert(team, CSV + "44,34,76,1,,0,true", "office-quoted.csv")
        convert(team, CSV + "9,34,65535,1", "office-utf-16.csv")
        convert(team, CSV + "124,34,76,1", "office-bars.csv")
        formulas = source(folder, "formulas", [sheet("Équipe", FORMULAS), sheet("Archive", HIDDEN, True), sheet("Vide", [])])
        convert(formulas, "xlsx:Calc MS Excel 2007 XML", "office-formulas.xlsx")
        convert(formulas, "xls:MS Excel 97", "office-formulas.xls")
        convert(formulas, "ods:calc8", "office-formulas.ods")
        dates = source(folder, "dates", [sheet("Feuille1", DATES)], "1904-01-01")
        convert(dates, "xlsx:Calc MS Excel 2007 XML", "office-1904.xlsx")
        convert(dates, "xls:MS Excel 97", "office-1904.xls")
        convert(dates, "ods:calc8", "office-1904.ods")
        protect(dates, [("protected.xls", "MS Excel 97"), ("protected.ods", "calc8")])
