"""Makes the lists beside this file, as other programs write them: `pip install openpyxl xlwt odfpy vobject`, then run it here."""

import datetime
import pathlib

import odf.opendocument
import odf.style
import odf.table
import odf.text
import openpyxl
import vobject
import xlwt

HERE = pathlib.Path(__file__).parent
HEADINGS = ["Civilité", "Prénom", "Nom", "E-mail", "Téléphone", "Né le", "Rappel", "Adhérent", "Note"]
DAY = datetime.date(1980, 6, 30)
MOMENT = datetime.datetime(2026, 6, 30, 9, 41)
PEOPLE = [
    ["Mme", "Hélène", "Lefèvre", "helene.lefevre@mairie.example", 110203040, DAY, MOMENT, True, 12.5],
    ["M.", "François", "Noël", "francois.noel@regie.example", 33472103031, None, None, False, None],
    [None] * 9,
    ["M.", "Marc", "Beaulieu", "marc.beaulieu@regie.example", "04 72 10 30 31", DAY, MOMENT, None, "a\nb"],
]


def xlsx():
    book = openpyxl.Workbook()
    book.active.title = "Vide"
    sheet = book.create_sheet("Contacts")
    sheet["A1"] = "Liste des contacts"
    sheet.merge_cells("A1:I1")
    for column, heading in enumerate(HEADINGS, 1):
        sheet.cell(3, column, heading)
    for row, person in enumerate(PEOPLE, 4):
        for column, value in enumerate(person, 1):
            sheet.cell(row, column, value)
    sheet["A9"] = "=1/0"
    sheet["B9"] = "#N/A"
    book.create_sheet("Autre")["A1"] = "autre@ex.fr"
    book.save(HERE / "openpyxl.xlsx")


def xls():
    book = xlwt.Workbook()
    book.add_sheet("Vide")
    sheet = book.add_sheet("Contacts")
    sheet.write_merge(0, 0, 0, 8, "Liste des contacts")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    moment = xlwt.easyxf(num_format_str="DD/MM/YYYY hh:mm")
    for column, heading in enumerate(HEADINGS):
        sheet.write(2, column, heading)
    for row, person in enumerate(PEOPLE, 3):
        for column, value in enumerate(person):
            style = {datetime.date: day, datetime.datetime: moment}.get(type(value))
            if value is not None:
                sheet.write(row, column, value, *([style] if style else []))
    book.add_sheet("Autre").write(0, 0, "autre@ex.fr")
    book.save(str(HERE / "xlwt.xls"))


def ods():
    book = odf.opendocument.OpenDocumentSpreadsheet()
    empty = odf.table.Table(name="Vide")
    sheet = odf.table.Table(name="Contacts")
    title = odf.table.TableRow()
    cell = odf.table.TableCell(valuetype="string", numbercolumnsspanned=9, numberrowsspanned=1)
    cell.addElement(odf.text.P(text="Liste des contacts"))
    title.addElement(cell)
    title.addElement(odf.table.CoveredTableCell(numbercolumnsrepeated=8))
    sheet.addElement(title)
    sheet.addElement(odf.table.TableRow())
    for values in [HEADINGS, *PEOPLE]:
        row = odf.table.TableRow()
        for value in values:
            row.addElement(ods_cell(value))
        row.addElement(odf.table.TableCell(numbercolumnsrepeated=16375))
        sheet.addElement(row)
    sheet.addElement(odf.table.TableRow(numberrowsrepeated=1048569))
    other = odf.table.Table(name="Autre")
    row = odf.table.TableRow()
    row.addElement(ods_cell("autre@ex.fr"))
    other.addElement(row)
    for table in [empty, sheet, other]:
        book.spreadsheet.addElement(table)
    book.save(str(HERE / "odfpy.ods"))


def ods_cell(value):
    if value is None:
        return odf.table.TableCell()
    if isinstance(value, bool):
        return odf.table.TableCell(valuetype="boolean", booleanvalue=str(value).lower())
    if isinstance(value, (int, float)):
        return odf.table.TableCell(valuetype="float", value=value)
    if isinstance(value, datetime.date):
        return odf.table.TableCell(valuetype="date", datevalue=value.isoformat())
    cell = odf.table.TableCell(valuetype="string")
    for line in value.split("\n"):
        cell.addElement(odf.text.P(text=line))
    return cell


HIDDEN = [["Nom", "E-mail"], ["Ancien", "ancien@mairie.example"]]
SHOWN = [["Nom", "E-mail"], ["Nouvelle", "nouvelle@mairie.example"]]


def hidden():
    """Books whose first sheet is not shown."""
    book = openpyxl.Workbook()
    book.active.title = "Archive"
    book.active.sheet_state = "hidden"
    for values in HIDDEN:
        book.active.append(values)
    sheet = book.create_sheet("Liste")
    for values in SHOWN:
        sheet.append(values)
    book.active = 1
    book.save(HERE / "hidden.xlsx")
    book = xlwt.Workbook()
    for name, rows in [("Archive", HIDDEN), ("Liste", SHOWN)]:
        sheet = book.add_sheet(name)
        sheet.visibility = int(name == "Archive")
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                sheet.write(row, column, value)
    book.set_active_sheet(1)
    book.save(str(HERE / "hidden.xls"))
    book = odf.opendocument.OpenDocumentSpreadsheet()
    style = odf.style.Style(name="hidden", family="table")
    style.addElement(odf.style.TableProperties(display="false"))
    book.automaticstyles.addElement(style)
    for name, rows in [("Archive", HIDDEN), ("Liste", SHOWN)]:
        sheet = odf.table.Table(name=name, **({"stylename": style} if name == "Archive" else {}))
        for values in rows:
            row = odf.table.TableRow()
            for value in values:
                row.addElement(ods_cell(value))
            sheet.addElement(row)
        book.spreadsheet.addElement(sheet)
    book.save(str(HERE / "hidden.ods"))


def cards():
    card = vobject.vCard()
    card.add("n").value = vobject.vcard.Name(family="Lefèvre", given="Hélène", prefix="Mme")
    card.add("fn").value = "Hélène Lefèvre"
    card.add("org").value = ["Mairie; annexe", "État civil"]
    card.add("adr").value = vobject.vcard.Address(
        street="12 rue Haute, bât. B", city="Lyon", code="69001", country="France"
    )
    for kind, number in [("CELL", "06 12 34 56 78"), ("WORK", "01 10 20 30 40"), ("FAX", "01 10 20 30 41")]:
        phone = card.add("tel")
        phone.value, phone.type_param = number, kind
    card.add("email").value = "helene.lefevre@mairie.example"
    card.add("note").value = "Une note assez longue pour être repliée sur plusieurs lignes, avec des accents : é è à ù.\nFin."
    card.add("categories").value = ["Eau", "Voirie"]
    (HERE / "vobject.vcf").write_bytes(card.serialize().encode())


def write(name, text, encoding="utf-8"):
    (HERE / name).write_bytes(text.replace("\n", "\r\n").encode(encoding))


# As iOS exports a contact: groups with labels, a photo, social profiles.
IPHONE = """BEGIN:VCARD
VERSION:3.0
PRODID:-//Apple Inc.//iPhone OS 18.1//EN
N:Noël;François;Marie;M.;
FN:M. François Marie Noël
ORG:Régie des eaux;
TITLE:Chef de service
item1.EMAIL;type=INTERNET;type=pref:francois.noel@regie.example
item1.X-ABLabel:_$!<Work>!$_
EMAIL;type=INTERNET;type=HOME:francois@maison.example
TEL;type=CELL;type=VOICE;type=pref:06 12 34 56 78
TEL;type=IPHONE;type=CELL;type=VOICE:07 11 22 33 44
item2.TEL:04 72 10 30 31
item2.X-ABLabel:Bureau
TEL;type=WORK;type=FAX:04 72 10 30 32
item3.ADR;type=HOME;type=pref:;;1 allée des Pins\\nBât. C;Besançon;;25000;France
item3.X-ABADR:fr
item4.ADR;type=WORK:;;3 place de l’Évêché;Besançon;Doubs;25000;France
item4.X-ABADR:fr
item5.URL;type=pref:https://regie.example/a?b=1
X-SOCIALPROFILE;type=twitter;x-user=fnoel:http://twitter.com/fnoel
IMPP;X-SERVICE-TYPE=WhatsApp;type=HOME:x-apple:33612345678
BDAY:1980-06-30
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAASABIAAD/4QBYRXhpZgAATU0AKgAAAAgAAgES
 AAMAAAABAAEAAIdpAAQAAAABAAAAJgAAAAAAA6ABAAMAAAABAAEAAKACAAQAAAABAAAAUKADAAQAAAABAAAA
 UAAAAAD/7QA4UGhvdG9zaG9wIDMuMAA4QklNBAQAAAAAAAA4QklNBCUAAAAAABDUHYzZjwCyBOmACZjs+EJ+
END:VCARD
"""
# As Google Contacts exports them: no order of TYPE, an organization alone, a card without a name.
GOOGLE = """BEGIN:VCARD
VERSION:3.0
FN:Beaulieu Marc
N:Beaulieu;Marc;;;
EMAIL;TYPE=INTERNET;TYPE=WORK:marc.beaulieu@regie.example
TEL;TYPE=WORK:+33 4 72 10 30 31
TEL:+33 4 72 10 30 32
CATEGORIES:myContacts,Eau
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Accueil
ORG:Mairie
TEL;TYPE=MAIN:01 10 20 30 40
END:VCARD
"""
# As Outlook and old phones write version 2.1.
OUTLOOK = """BEGIN:VCARD
VERSION:2.1
N;LANGUAGE=fr;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:Lef=E8vre;H=E9l=E8ne;;Mme
FN;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:H=E9l=E8ne Lef=E8vre
ORG:Mairie
TEL;WORK;VOICE:01 10 20 30 40
TEL;CELL;VOICE:06 12 34 56 78
TEL;WORK;FAX:01 10 20 30 41
ADR;WORK;PREF;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;12 rue Haute=0D=0A=
b=C3=A2t. B;Lyon;;69001;France
EMAIL;PREF;INTERNET:helene.lefevre@mairie.example
PHOTO;TYPE=JPEG;ENCODING=BASE64:
 /9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkI

REV:20260630T094100Z
END:VCARD
"""
# As a French Excel saves a list: semicolons, Windows-1252, quotes around line breaks.
EXCEL = """Liste des contacts;;;
Nom;Prénom;E-mail;Remarque
Lefèvre;Hélène;helene.lefevre@mairie.example;"Deux
lignes ; et un ""mot""\""""

if __name__ == "__main__":
    xlsx()
    xls()
    ods()
    hidden()
    cards()
    write("iphone.vcf", IPHONE)
    write("google.vcf", GOOGLE)
    write("outlook.vcf", OUTLOOK)
    write("excel.csv", EXCEL + "\nNoël;François;francois.noel@regie.example;\n", "cp1252")
