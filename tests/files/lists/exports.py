"""Writes the CSV files that other programs export, in the shape that each is known for: `python3 exports.py`."""

import csv
import io
import pathlib

HERE = pathlib.Path(__file__).parent


def write(name, headings, people, separator=",", encoding="utf-8", end="\r\n", quoting=csv.QUOTE_MINIMAL):
    """`people` are dictionaries; a heading that occurs twice has its second value under `heading 2`."""
    out = io.StringIO()
    rows = csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting)
    rows.writerow(headings)
    for person in people:
        seen, left, row = {}, dict(person), []
        for heading in headings:
            seen[heading] = seen.get(heading, 0) + 1
            key = heading if seen[heading] == 1 else f"{heading} {seen[heading]}"
            row.append(left.pop(key, ""))
        assert not left, f"{name}: {left}"
        rows.writerow(row)
    (HERE / name).write_bytes(out.getvalue().encode(encoding))


def words(text):
    return [word.strip() for word in text.strip().replace("\n", "").split(",")]


GOOGLE_OLD = words("""
Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Additional Name Yomi,Family Name Yomi,Name Prefix,
Name Suffix,Initials,Nickname,Short Name,Maiden Name,Birthday,Gender,Location,Billing Information,Directory Server,
Mileage,Occupation,Hobby,Sensitivity,Priority,Subject,Notes,Language,Photo,Group Membership,E-mail 1 - Type,
E-mail 1 - Value,E-mail 2 - Type,E-mail 2 - Value,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value,
Address 1 - Type,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,Address 1 - Region,
Address 1 - Postal Code,Address 1 - Country,Address 1 - Extended Address,Organization 1 - Type,Organization 1 - Name,
Organization 1 - Yomi Name,Organization 1 - Title,Organization 1 - Department,Organization 1 - Symbol,
Organization 1 - Location,Organization 1 - Job Description,Website 1 - Type,Website 1 - Value""")

GOOGLE_NEW = words("""
First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,Name Suffix,
Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,Labels,
E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,
Phone 2 - Value,Address 1 - Label,Address 1 - Formatted,Address 1 - Street,Address 1 - City,Address 1 - PO Box,
Address 1 - Region,Address 1 - Postal Code,Address 1 - Country,Address 1 - Extended Address,Website 1 - Label,
Website 1 - Value""")


def google():
    write("google-old.csv", GOOGLE_OLD, [
        {
            "Name": "Hélène Lefèvre", "Given Name": "Hélène", "Family Name": "Lefèvre", "Name Prefix": "Mme",
            "Notes": "Rappeler le matin", "Group Membership": "* myContacts ::: Voirie", "E-mail 1 - Type": "* Work",
            "E-mail 1 - Value": "helene.lefevre@mairie.example ::: h.lefevre@mairie.example",
            "E-mail 2 - Type": "Home", "E-mail 2 - Value": "helene@maison.example", "Phone 1 - Type": "Mobile",
            "Phone 1 - Value": "06 12 34 56 78", "Phone 2 - Type": "Work",
            "Phone 2 - Value": "01 10 20 30 40 ::: 01 10 20 30 41", "Address 1 - Type": "Work",
            "Address 1 - Formatted": "12 rue Haute\nLyon 69001\nFrance", "Address 1 - Street": "12 rue Haute",
            "Address 1 - City": "Lyon", "Address 1 - Postal Code": "69001", "Address 1 - Country": "France",
            "Organization 1 - Name": "Mairie de Lyon", "Organization 1 - Title": "Juriste",
            "Organization 1 - Department": "Contentieux", "Website 1 - Type": "Work",
            "Website 1 - Value": "https://mairie.example/helene",
        },
        {
            "Name": "Marc Beaulieu", "Given Name": "Marc", "Family Name": "Beaulieu",
            "Group Membership": "* myContacts", "E-mail 1 - Type": "* ", "E-mail 1 - Value": "marc@regie.example",
            "Phone 1 - Type": "Mobile", "Phone 1 - Value": "+33 7 49 12 34 79",
        },
    ])
    write("google-new.csv", GOOGLE_NEW, [
        {
            "First Name": "Helen", "Last Name": "Fisher", "Organization Name": "City Hall",
            "Organization Title": "Legal adviser", "Organization Department": "Legal", "Labels": "* myContacts",
            "E-mail 1 - Label": "* Work", "E-mail 1 - Value": "helen.fisher@city.example",
            "Phone 1 - Label": "Mobile", "Phone 1 - Value": "+44 7400 123456", "Phone 2 - Label": "Work",
            "Phone 2 - Value": "+44 20 7946 0018", "Address 1 - Label": "Work",
            "Address 1 - Formatted": "1 High Street\nLondon SW1A 1AA\nGB", "Address 1 - Street": "1 High Street",
            "Address 1 - City": "London", "Address 1 - Postal Code": "SW1A 1AA", "Address 1 - Country": "GB",
        },
        {
            "First Name": "Tom", "Last Name": "Baker", "E-mail 1 - Label": "Other",
            "E-mail 1 - Value": "tom@baker.example", "Phone 1 - Label": "Mobile", "Phone 1 - Value": "+44 7400 123457",
        },
    ])
    write("google-new-fr.csv", GOOGLE_NEW, [
        {
            "First Name": "Zoé", "Last Name": "d’Arc", "Labels": "Voirie ::: * myContacts",
            "E-mail 1 - Label": "* Travail", "E-mail 1 - Value": "zoe.darc@mairie.example",
            "Phone 1 - Label": "Bureau", "Phone 1 - Value": "01 10 20 30 42", "Phone 2 - Label": "Mobile",
            "Phone 2 - Value": "06 12 34 56 80", "Notes": "Deux\nlignes",
        },
        {
            "First Name": "Accueil", "Organization Name": "Mairie", "Phone 1 - Label": "Principal",
            "Phone 1 - Value": "01 10 20 30 00",
        },
    ], end="\n")


OUTLOOK_EN = words("""
Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,Business Street 2,
Business Street 3,Business City,Business State,Business Postal Code,Business Country/Region,Home Street,Home Street 2,
Home Street 3,Home City,Home State,Home Postal Code,Home Country/Region,Other Street,Other Street 2,Other Street 3,
Other City,Other State,Other Postal Code,Other Country/Region,Assistant's Phone,Business Fax,Business Phone,
Business Phone 2,Callback,Car Phone,Company Main Phone,Home Fax,Home Phone,Home Phone 2,ISDN,Mobile Phone,Other Fax,
Other Phone,Pager,Primary Phone,Radio Phone,TTY/TDD Phone,Telex,Account,Anniversary,Assistant's Name,
Billing Information,Birthday,Business Address PO Box,Categories,Children,Directory Server,E-mail Address,E-mail Type,
E-mail Display Name,E-mail 2 Address,E-mail 2 Type,E-mail 2 Display Name,E-mail 3 Address,E-mail 3 Type,
E-mail 3 Display Name,Gender,Government ID Number,Hobby,Home Address PO Box,Initials,Internet Free Busy,Keywords,
Language,Location,Manager's Name,Mileage,Notes,Office Location,Organizational ID Number,Other Address PO Box,Priority,
Private,Profession,Referred By,Sensitivity,Spouse,User 1,User 2,User 3,User 4,Web Page""")
OUTLOOK_FR = words("""
Titre,Prénom,Deuxième prénom,Nom,Suffixe,Société,Service,Titre,Rue (bureau),Rue (bureau) 2,Rue (bureau) 3,
Ville (bureau),Dép/Région (bureau),Code postal (bureau),Pays/Région (bureau),Rue (domicile),Rue (domicile) 2,
Rue (domicile) 3,Ville (domicile),Dép/Région (domicile),Code postal (domicile),Pays/Région (domicile),Rue (autre),
Rue (autre) 2,Rue (autre) 3,Ville (autre),Dép/Région (autre),Code postal (autre),Pays/Région (autre),
Téléphone de l'assistant(e),Télécopie (bureau),Téléphone (bureau),Téléphone 2 (bureau),Rappel,Téléphone (voiture),
Téléphone société,Télécopie (domicile),Téléphone (domicile),Téléphone 2 (domicile),RNIS,Tél. mobile,Télécopie (autre),
Téléphone (autre),Récepteur de radiomessagerie,Téléphone principal,Radio téléphone,Téléphone TDD/TTY,Télex,
Adresse de messagerie,Type de messagerie,Nom complet de l'adresse de messagerie,Adresse de messagerie 2,
Type de messagerie 2,Nom complet de l'adresse de messagerie 2,Adresse de messagerie 3,Type de messagerie 3,
Nom complet de l'adresse de messagerie 3,Anniversaire,Anniversaire de mariage ou fête,Autre boîte postale,
B.P. professionnelle,Boîte postale du domicile,Bureau,Catégories,Code gouvernement,Compte,Conjoint(e),Critère de diffusion,
Disponibilité Internet,Emplacement,Enfants,Informations facturation,Initiales,Kilométrage,Langue,Mots clés,
Nom de l'assistant(e),Notes,Numéro d'identification de l'organisation,Page Web,Passe-temps,Priorité,Privé,Profession,
Recommandé par,Responsable,Serveur d'annuaire,Sexe,Utilisateur 1,Utilisateur 2,Utilisateur 3,Utilisateur 4""")
OUTLOOK_COM = words("""
First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,E-mail Address,E-mail 2 Address,
E-mail 3 Address,Home Phone,Home Phone 2,Business Phone,Business Phone 2,Mobile Phone,Car Phone,Other Phone,
Primary Phone,Pager,Business Fax,Home Fax,Other Fax,Company Main Phone,Callback,Radio Phone,Telex,TTY/TDD Phone,
IMAddress,Job Title,Department,Company,Office Location,Manager's Name,Assistant's Name,Assistant's Phone,Company Yomi,
Business Street,Business City,Business State,Business Postal Code,Business Country/Region,Home Street,Home City,
Home State,Home Postal Code,Home Country/Region,Other Street,Other City,Other State,Other Postal Code,
Other Country/Region,Personal Web Page,Spouse,Schools,Hobby,Location,Web Page,Birthday,Anniversary,Notes""")


def outlook():
    write("outlook-en.csv", OUTLOOK_EN, [
        {
            "Title": "Ms.", "First Name": "Helen", "Last Name": "Fisher", "Company": "City Hall",
            "Department": "Legal", "Job Title": "Legal adviser", "Business Street": "1 High Street",
            "Business City": "London", "Business Postal Code": "SW1A 1AA", "Business Country/Region": "United Kingdom",
            "Home Street": "9 Low Street", "Home City": "Reading", "Assistant's Phone": "+44 20 7946 0000",
            "Business Fax": "+44 20 7946 0019", "Business Phone": "+44 20 7946 0018",
            "Company Main Phone": "+44 20 7946 0001", "Home Phone": "+44 118 496 0018",
            "Mobile Phone": "+44 7400 123456", "Birthday": "0/0/00", "E-mail Address": "helen.fisher@city.example",
            "E-mail Type": "SMTP", "E-mail Display Name": "Helen Fisher (helen.fisher@city.example)",
            "E-mail 2 Address": "helen@home.example", "E-mail 2 Type": "SMTP", "Gender": "Unspecified",
            "Notes": "Call in the morning", "Priority": "Normal", "Private": "FALSE", "Sensitivity": "Normal",
            "Categories": "Roads;Water",
        },
        {
            "Title": "Mr.", "First Name": "Tom", "Last Name": "Baker", "Business Phone": "+44 20 7946 0020",
            "Birthday": "0/0/00", "Gender": "Unspecified", "Priority": "Normal", "Private": "FALSE",
            "Sensitivity": "Normal",
        },
    ], quoting=csv.QUOTE_ALL)
    write("outlook-fr.csv", OUTLOOK_FR, [
        {
            "Titre": "Mme", "Prénom": "Hélène", "Nom": "Lefèvre", "Société": "Mairie de Lyon", "Service": "Contentieux",
            "Titre 2": "Juriste", "Rue (bureau)": "12 rue Haute", "Ville (bureau)": "Lyon",
            "Code postal (bureau)": "69001", "Pays/Région (bureau)": "France", "Rue (domicile)": "3 rue Basse",
            "Ville (domicile)": "Nice", "Code postal (domicile)": "06000", "Télécopie (bureau)": "01 10 20 30 49",
            "Téléphone (bureau)": "01 10 20 30 40", "Téléphone 2 (bureau)": "01 10 20 30 41",
            "Téléphone société": "01 10 20 30 00", "Téléphone (domicile)": "04 10 20 30 40",
            "Tél. mobile": "06 12 34 56 78", "Adresse de messagerie": "helene.lefevre@mairie.example",
            "Type de messagerie": "SMTP",
            "Nom complet de l'adresse de messagerie": "Hélène Lefèvre (helene.lefevre@mairie.example)",
            "Adresse de messagerie 2": "helene@maison.example", "Type de messagerie 2": "SMTP",
            "Anniversaire": "0/0/00", "Notes": "Rappeler « le matin » – 12 €", "Priorité": "Normale", "Privé": "Faux",
            "Sexe": "Indéterminé", "Bureau": "Bât. B",
        },
        {
            "Titre": "M.", "Prénom": "François", "Nom": "Noël", "Tél. mobile": "06 12 34 56 79",
            "Adresse de messagerie": "francois.noel@regie.example", "Type de messagerie": "SMTP",
            "Anniversaire": "0/0/00", "Priorité": "Normale", "Privé": "Faux", "Sexe": "Indéterminé",
        },
    ], separator=";", encoding="cp1252", quoting=csv.QUOTE_ALL)
    write("outlook-com.csv", OUTLOOK_COM, [
        {
            "First Name": "Hélène", "Last Name": "Lefèvre", "E-mail Address": "helene.lefevre@mairie.example",
            "Business Phone": "+33 1 10 20 30 40", "Mobile Phone": "+33 6 12 34 56 78", "Job Title": "Juriste",
            "Department": "Contentieux", "Company": "Mairie de Lyon", "Business Street": "12 rue Haute\nBât. B",
            "Business City": "Lyon", "Business Postal Code": "69001", "Business Country/Region": "France",
            "Personal Web Page": "https://mairie.example/helene", "Notes": "Le matin",
        },
        {"First Name": "Marc", "Last Name": "Beaulieu", "E-mail Address": "marc@regie.example"},
    ], encoding="utf-8-sig")


THUNDERBIRD_EN = words("""
First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,Work Phone,Home Phone,Fax Number,
Pager Number,Mobile Number,Home Address,Home Address 2,Home City,Home State,Home ZipCode,Home Country,Work Address,
Work Address 2,Work City,Work State,Work ZipCode,Work Country,Job Title,Department,Organization,Web Page 1,Web Page 2,
Birth Year,Birth Month,Birth Day,Custom 1,Custom 2,Custom 3,Custom 4,Notes""")
THUNDERBIRD_FR = words("""
Prénom,Nom de famille,Nom à afficher,Surnom,Première adresse électronique,Adresse électronique secondaire,Pseudonyme,
Tél. professionnel,Tél. personnel,Fax,Pager,Portable,Adresse privée,Adresse privée 2,Ville (privée),
Pays/État (privé),Code postal (privé),Région (privée),Adresse professionnelle,Adresse professionnelle 2,
Ville (prof.),État (prof.),Code postal (prof.),Pays (prof.),Fonction,Service,Société,Page web 1,Page web 2,
Année de naissance,Mois de naissance,Jour de naissance,Divers 1,Divers 2,Divers 3,Divers 4,Notes""")


def thunderbird():
    write("thunderbird-en.csv", THUNDERBIRD_EN, [
        {
            "First Name": "Helen", "Last Name": "Fisher", "Display Name": "Helen Fisher",
            "Primary Email": "helen.fisher@city.example", "Secondary Email": "helen@home.example",
            "Work Phone": "+44 20 7946 0018", "Home Phone": "+44 118 496 0018", "Fax Number": "+44 20 7946 0019",
            "Mobile Number": "+44 7400 123456", "Home Address": "9 Low Street", "Home City": "Reading",
            "Home ZipCode": "RG1 1AA", "Home Country": "United Kingdom", "Work Address": "1 High Street",
            "Work City": "London", "Work ZipCode": "SW1A 1AA", "Work Country": "United Kingdom",
            "Job Title": "Legal adviser", "Department": "Legal", "Organization": "City Hall",
            "Web Page 1": "https://city.example/helen", "Birth Year": "1980", "Birth Month": "6", "Birth Day": "30",
            "Notes": "Call in the morning",
        },
        {"First Name": "Tom", "Last Name": "Baker", "Display Name": "Tom Baker", "Primary Email": "tom@baker.example"},
    ], end="\n")
    write("thunderbird-fr.csv", THUNDERBIRD_FR, [
        {
            "Prénom": "Hélène", "Nom de famille": "Lefèvre", "Nom à afficher": "Hélène Lefèvre",
            "Première adresse électronique": "helene.lefevre@mairie.example",
            "Adresse électronique secondaire": "helene@maison.example", "Tél. professionnel": "01 10 20 30 40",
            "Tél. personnel": "04 10 20 30 40", "Fax": "01 10 20 30 49", "Portable": "06 12 34 56 78",
            "Adresse privée": "3 rue Basse", "Ville (privée)": "Nice", "Code postal (privé)": "06000",
            "Adresse professionnelle": "12 rue Haute", "Adresse professionnelle 2": "Bât. B", "Ville (prof.)": "Lyon",
            "Code postal (prof.)": "69001", "Pays (prof.)": "France", "Fonction": "Juriste", "Service": "Contentieux",
            "Société": "Mairie de Lyon",
        },
        {
            "Prénom": "Marc", "Nom de famille": "Beaulieu", "Nom à afficher": "Marc Beaulieu",
            "Première adresse électronique": "marc@regie.example",
        },
    ], end="\n")


if __name__ == "__main__":
    google()
    outlook()
    thunderbird()
