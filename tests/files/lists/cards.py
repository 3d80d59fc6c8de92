"""Writes contact cards as phones, mail programs and servers do, and those of khard: `apt install khard`, then `python3 cards.py`."""

import base64
import pathlib
import subprocess
import tempfile

import vobject

HERE = pathlib.Path(__file__).parent
PHOTO = base64.b64encode(bytes(range(256)) * 3).decode()


def write(name, cards, encoding="utf-8", end="\r\n"):
    (HERE / name).write_bytes(cards.lstrip("\n").replace("\n", end).encode(encoding))


def folded(text, width=74):
    return "\n ".join(text[at : at + width] for at in range(0, len(text), width))


ICLOUD = f"""
BEGIN:VCARD
VERSION:3.0
PRODID:-//Apple Inc.//macOS 15.1//EN
N:Lefèvre;Hélène;;Mme;
FN:Mme Hélène Lefèvre
ORG:Mairie de Lyon;Contentieux
TITLE:Juriste
EMAIL;type=INTERNET;type=WORK;type=pref:helene.lefevre@mairie.example
EMAIL;type=INTERNET;type=HOME:helene@maison.example
item1.EMAIL;type=INTERNET:lefevre@asso.example
item1.X-ABLabel:Association
TEL;type=WORK;type=VOICE;type=pref:01 10 20 30 40
TEL;type=CELL;type=VOICE:06 12 34 56 78
TEL;type=HOME;type=VOICE:04 10 20 30 40
TEL;type=MAIN:01 10 20 30 00
TEL;type=WORK;type=FAX:01 10 20 30 49
item2.TEL:+33 1 10 20 30 45
item2.X-ABLabel:_$!<Other>!$_
ADR;type=HOME;type=pref:;;3 rue Basse;Nice;;06000;France
item3.ADR;type=WORK:;;12 rue Haute\\nBât. B;Lyon;;69001;France
item3.X-ABADR:fr
NOTE:Rappeler le matin\\, sauf le mercredi.\\nDeuxième ligne.
item4.URL;type=pref:https\\://mairie.example/helene
item4.X-ABLabel:_$!<HomePage>!$_
BDAY:1980-06-30
{folded("PHOTO;ENCODING=b;TYPE=JPEG:" + PHOTO)}
CATEGORIES:Voirie,Eau
X-ABUID:5AD380FD-B2DE-4261-BA99-DE1D1DB52FBE\\:ABPerson
END:VCARD
BEGIN:VCARD
VERSION:3.0
PRODID:-//Apple Inc.//macOS 15.1//EN
N:;;;;
FN:Régie des eaux
ORG:Régie des eaux;
X-ABShowAs:COMPANY
TEL;type=MAIN:04 72 10 30 00
END:VCARD
"""
ANDROID = """
BEGIN:VCARD
VERSION:2.1
N:Lefevre;Helene;;;
FN:Helene Lefevre
TEL;CELL;PREF:0612345678
TEL;WORK:01-10-20-30-40
TEL;X-Standard:0110203000
EMAIL;WORK:helene.lefevre@mairie.example
ORG:Mairie de Lyon
TITLE:Juriste
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=44=27=41=72=63;=5A=6F=C3=A9;;;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=5A=6F=C3=A9=20=44=27=41=72=63
TEL;CELL:+33 6 12 34 56 80
NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=52=61=70=70=65=6C=65=72=20=61=70=
=72=C3=A8=73=20=31=38=68
PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAQDAwQDAwQEBAQFBQQFBwsH
 BwYGBw4KCggLEA4RERAOEA8SFBoWEhMYEw8QFh8XGBsbHR0dERYgIh8cIhocHRz/

END:VCARD
"""
OUTLOOK_21 = """
BEGIN:VCARD
VERSION:2.1
X-MS-SIGNATURE:YES
N;LANGUAGE=fr;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:No=EBl;Fran=E7ois;;M.
FN;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:M. Fran=E7ois No=EBl
ORG;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:R=E9gie des eaux;Qualit=E9
TITLE:Directeur
NOTE;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:Pr=E9f=E8re le t=E9l=E9phone=0D=0A=
le matin.=0D=0A
TEL;WORK;VOICE:04 72 10 30 31
TEL;HOME;VOICE:04 72 10 30 32
TEL;CELL;VOICE:06 12 34 56 79
TEL;WORK;FAX:04 72 10 30 39
ADR;WORK;PREF;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:;B=E2t. C;1 all=E9e des Pins;Besan=E7on;Doubs;25000;France
LABEL;WORK;PREF;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:B=E2t. C=0D=0A=
1 all=E9e des Pins=0D=0A=
25000 Besan=E7on
X-MS-OL-DEFAULT-POSTAL-ADDRESS:2
URL;WORK:http://www.regie.example
EMAIL;PREF;INTERNET:francois.noel@regie.example
EMAIL;INTERNET:francois@maison.example
X-MS-CARDPICTURE;TYPE=JPEG;ENCODING=BASE64:
 /9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRof
 Hh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/

X-MS-OL-DESIGN;CHARSET=utf-8:<card xmlns="http://schemas.microsoft.com/office/outlook/12/electronicbusinesscards" ver="1.0"></card>
REV:20260630T094100Z
END:VCARD
"""
GOOGLE_30 = """
BEGIN:VCARD
VERSION:3.0
N:Lefèvre;Hélène;;;
FN:Hélène Lefèvre
EMAIL;TYPE=INTERNET;TYPE=WORK:helene.lefevre@mairie.example
item1.EMAIL;TYPE=INTERNET:lefevre@asso.example
item1.X-ABLabel:
TEL;TYPE=CELL:+33 6 12 34 56 78
TEL;TYPE=WORK:+33 1 10 20 30 40
item2.TEL:+33 1 10 20 30 00
item2.X-ABLabel:Standard
item3.ADR:;;12 rue Haute;Lyon;;69001;FR;12 rue Haute\\nLyon 69001\\nFR
item3.X-ABLabel:
item4.ORG:Mairie de Lyon;Contentieux
item5.TITLE:Juriste
item6.URL:https\\://mairie.example/helene
item6.X-ABLabel:
NOTE:Le matin
CATEGORIES:Voirie,myContacts
PHOTO:https://lh3.example/contacts/abc
END:VCARD
"""
NEXTCLOUD = """
BEGIN:VCARD
VERSION:4.0
PRODID:-//Nextcloud Contacts v6.1
UID:1f0c2d3e-4f5a-4f7c-9ab1-64a1f0c2d3e4
FN:Hélène Lefèvre
N:Lefèvre;Hélène;;;
ORG:Mairie de Lyon\\, annexe;Contentieux
TITLE:Juriste
EMAIL;TYPE=WORK:helene.lefevre@mairie.example
EMAIL;TYPE=HOME:helene@maison.example
TEL;TYPE="WORK,VOICE":+33 1 10 20 30 40
TEL;VALUE=uri;TYPE=cell:tel:+33612345678
TEL;TYPE="HOME,VOICE":04 10 20 30 40
ADR;TYPE=WORK:;;12 rue Haute;Lyon;;69001;France
ADR;TYPE=HOME:;;3 rue Basse;Nice;;06000;France
CATEGORIES:Voirie,Eau
LANG;PREF=1:fr
LANG:en
X-SOCIALPROFILE;TYPE=facebook:https://facebook.com/helene
RELATED;TYPE=manager:François Noël
REV:20260630T094100Z
PHOTO:data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR
 42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
END:VCARD
BEGIN:VCARD
VERSION:4.0
UID:urn:uuid:1f0c2d3e-4f5a-4f7c-9ab1-64a1f0c2d3e5
KIND:group
FN:Équipe
MEMBER:urn:uuid:1f0c2d3e-4f5a-4f7c-9ab1-64a1f0c2d3e4
END:VCARD
"""
THUNDERBIRD = """
BEGIN:VCARD
VERSION:4.0
EMAIL;PREF=1;TYPE=work:helene.lefevre@mairie.example
EMAIL;TYPE=home:helene@maison.example
FN:Hélène Lefèvre
N:Lefèvre;Hélène;;;
TEL;TYPE=work;VALUE=TEXT:01 10 20 30 40
TEL;TYPE=cell;VALUE=TEXT:06 12 34 56 78
TEL;TYPE=fax;VALUE=TEXT:01 10 20 30 49
ADR;TYPE=work:;;12 rue Haute;Lyon;;69001;France
TITLE:Juriste
ORG:Mairie de Lyon;Contentieux
URL;TYPE=work;VALUE=URL:https://mairie.example/helene
UID:0e1f2a3b
X-CUSTOM1;VALUE=TEXT:A0012
END:VCARD
"""
BLUETOOTH = """
BEGIN:VCARD
VERSION:2.1
N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Lef=E8vre;H=E9l=E8ne
TEL;CELL:+33612345678
TEL:0110203040
EMAIL:helene.lefevre@mairie.example
X-IRMC-LUID:0002
END:VCARD
"""


def vobject_cards():
    cards = []
    for family, given, email, phone in [
        ("Lefèvre", "Hélène", "helene.lefevre@mairie.example", "06 12 34 56 78"),
        ("Noël", "François", "francois.noel@regie.example", "04 72 10 30 31"),
    ]:
        card = vobject.vCard()
        card.add("n").value = vobject.vcard.Name(family=family, given=given)
        card.add("fn").value = f"{given} {family}"
        card.add("email").value = email
        tel = card.add("tel")
        tel.value, tel.type_paramlist = phone, ["CELL" if phone.startswith("06") else "WORK", "VOICE"]
        card.add("note").value = "Une remarque, avec ; et \\ et\nun retour à la ligne. " * 3
        cards.append(card.serialize())
    (HERE / "vobject-many.vcf").write_bytes("".join(cards).encode())


def khard(version, name):
    """The files of an address book of khard, one after the other."""
    people = [
        "Prefix: Mme\nFirst name: Hélène\nLast name: Lefèvre\nOrganisation:\n  - - Mairie de Lyon\n    - Contentieux\n"
        "Title: Juriste\nPhone:\n  work: 01 10 20 30 40\n  cell: 06 12 34 56 78\n  home: 04 10 20 30 40\n"
        "Email:\n  work: helene.lefevre@mairie.example\n  home: helene@maison.example\n"
        "Address:\n  work:\n    Street: 12 rue Haute\n    Code: \"69001\"\n    City: Lyon\n    Country: France\n"
        "Note: Rappeler le matin\nWebpage: https://mairie.example/helene\nCategories:\n  - Voirie\n  - Eau\n",
        "First name: Marc\nLast name: Beaulieu\nPhone:\n  pref, cell: 06 12 34 56 79\nEmail:\n  pref, work: marc@regie.example\n",
    ]
    with tempfile.TemporaryDirectory() as folder:
        book = pathlib.Path(folder, "book")
        book.mkdir()
        config = pathlib.Path(folder, "khard.conf")
        config.write_text(f"[addressbooks]\n[[book]]\npath = {book}\n[vcard]\npreferred_version = {version}\n")
        for person in people:
            command = ["khard", "-c", config, "new", "-a", "book"]
            subprocess.run(command, input=person, text=True, check=True, stdout=subprocess.DEVNULL)
        files = sorted(book.iterdir(), key=lambda file: "Beaulieu" in file.read_text())
        (HERE / name).write_bytes(b"".join(file.read_bytes() for file in files))


if __name__ == "__main__":
    write("icloud.vcf", ICLOUD)
    write("android.vcf", ANDROID)
    write("outlook-21.vcf", OUTLOOK_21)
    write("google-30.vcf", GOOGLE_30)
    write("nextcloud.vcf", NEXTCLOUD)
    write("thunderbird.vcf", THUNDERBIRD)
    write("bluetooth.vcf", BLUETOOTH, end="\n")
    vobject_cards()
    khard("3.0", "khard-3.vcf")
    khard("4.0", "khard-4.vcf")
