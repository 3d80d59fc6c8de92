"""Writes the lists of customer and staff programs, directories and spreadsheets of colleagues: `python3 registers.py`."""

import csv
import pathlib

from exports import words, write

HERE = pathlib.Path(__file__).parent


def text(name, lines, encoding="utf-8", end="\r\n"):
    (HERE / name).write_bytes(lines.strip("\n").replace("\n", end).encode(encoding))


ESPO = words("""
id,name,salutationName,firstName,lastName,accountId,accountName,title,description,emailAddress,phoneNumber,
doNotCall,addressStreet,addressCity,addressState,addressCountry,addressPostalCode,createdAt,modifiedAt,createdByName,
assignedUserName,teamsIds""")
ESPO_FR = words("""
ID,Nom,Civilité,Prénom,Nom de famille,Compte,Intitulé du poste,Description,Email,Téléphone,Ne pas appeler,Rue,Ville,
Région,Pays,Code Postal,Créé le,Modifié le,Créé par,Utilisateur assigné""")
GENESYS = words("""
Contact Id,Contact First Name,Contact Middle Name,Contact Last Name,Contact Salutation,Contact Title,
Contact Work Phone,Contact Cell Phone,Contact Home Phone,Contact Other Phone,Contact Work Email,
Contact Personal Email,Contact Other Email,Contact Address 1,Contact Address 2,Contact City,Contact State,
Contact Postal Code,Contact Country,Contact Survey Opt Out,Contact External System Url,Account Id,Account Name,
Account Phone,Account Address 1,Account City,Account Postal Code,Account Country,Account Industry,Account Website""")
GENESYS_API = words("""
id,externalId,firstName,middleName,lastName,salutation,title,workPhone.display,workPhone.e164,workPhone.extension,
workPhone.acceptsSMS,cellPhone.display,cellPhone.e164,cellPhone.acceptsSMS,homePhone.display,homePhone.e164,
otherPhone.display,otherPhone.e164,workEmail,personalEmail,
otherEmail,address.address1,address.address2,address.city,address.state,address.postalCode,address.countryCode,
twitterId.screenName,surveyOptOut,externalSystemUrl,externalOrganization.name,createDate,modifyDate""")
SALESFORCE = words("""
Salutation,First Name,Last Name,Title,Department,Account Name,Mailing Street,Mailing City,Mailing State/Province,
Mailing Zip/Postal Code,Mailing Country,Phone,Fax,Mobile,Email,Account Owner,Contact ID""")
HUBSPOT = words("""
Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Contact owner,Associated Company,Job Title,
City,Postal Code,Lead Status,Marketing contact status,Create Date,Last Activity Date""")
DOLIBARR = words("""
Id.,Titre civilité,Nom,Prénom,Poste/Fonction,Adresse,Code postal,Ville,Pays,Tél pro.,Tél perso.,Tél portable,Fax,
Email,Nom du tiers,Note (publique),État""")
MICROSOFT = words("""
User principal name,Display name,First name,Last name,Title,Department,Office,Phone number,Mobile phone,Fax,
Street address,City,State or province,Postal code,Country or region,Alternate email address,Usage location,Licenses,
Block credential,When created""")
DIRECTORY = words("""
DN,objectClass,cn,sn,givenName,displayName,mail,telephoneNumber,mobile,facsimileTelephoneNumber,title,department,
company,physicalDeliveryOfficeName,streetAddress,l,st,postalCode,co,employeeNumber,sAMAccountName""")


def customers():
    write("espocrm-keys.csv", ESPO, [
        {
            "id": "64a1f0c2d3e4f5a61", "name": "Hélène Lefèvre", "salutationName": "Mrs.", "firstName": "Hélène",
            "lastName": "Lefèvre", "accountId": "64a1f0c2d3e4f5a99", "accountName": "Mairie de Lyon",
            "title": "Juriste", "emailAddress": "helene.lefevre@mairie.example", "phoneNumber": "+33612345678",
            "doNotCall": "0", "addressStreet": "12 rue Haute", "addressCity": "Lyon", "addressCountry": "France",
            "addressPostalCode": "69001", "createdAt": "2026-06-30 09:41:00", "createdByName": "Admin",
            "assignedUserName": "Admin",
        },
        {
            "id": "64a1f0c2d3e4f5a62", "name": "Marc Beaulieu", "salutationName": "Mr.", "firstName": "Marc",
            "lastName": "Beaulieu", "emailAddress": "marc@regie.example", "phoneNumber": "+33749123479",
            "doNotCall": "0",
        },
    ], separator=";", quoting=csv.QUOTE_ALL, end="\n")
    write("espocrm-fr.csv", ESPO_FR, [
        {
            "ID": "64a1f0c2d3e4f5a61", "Nom": "Hélène Lefèvre", "Civilité": "Mme", "Prénom": "Hélène",
            "Nom de famille": "Lefèvre", "Compte": "Mairie de Lyon", "Intitulé du poste": "Juriste",
            "Description": "Rappeler le matin", "Email": "helene.lefevre@mairie.example",
            "Téléphone": "+33 1 10 20 30 40", "Ne pas appeler": "0", "Rue": "12 rue Haute", "Ville": "Lyon",
            "Pays": "France", "Code Postal": "69001", "Créé le": "2026-06-30 09:41", "Créé par": "Admin",
        },
    ])
    text("chatwoot.csv", """
id,name,email,phone_number
12,Hélène Lefèvre,helene.lefevre@mairie.example,+33612345678
13,marc beaulieu,,+33749123479
14,"",visiteur@anonyme.example,""
""", end="\n")
    text("chatwoot-more.csv", """
id,name,email,phone_number,identifier,company_name,city,country,country_code,social_facebook,social_twitter,created_at
12,Hélène Lefèvre,helene.lefevre@mairie.example,+33612345678,crm-77,Mairie de Lyon,Lyon,France,FR,,hlefevre,2026-06-30 09:41:00 UTC
13,Zoé d'Arc,zoe@maison.example,,crm-78,,Besançon,France,FR,,,2026-06-30 09:42:00 UTC
""", end="\n")
    write("genesys.csv", GENESYS, [
        {
            "Contact Id": "crm-77", "Contact First Name": "Hélène", "Contact Last Name": "Lefèvre",
            "Contact Salutation": "Mme", "Contact Title": "Juriste", "Contact Work Phone": "+33110203040",
            "Contact Cell Phone": "+33612345678", "Contact Home Phone": "+33410203040",
            "Contact Other Phone": "+33110203041", "Contact Work Email": "helene.lefevre@mairie.example",
            "Contact Personal Email": "helene@maison.example", "Contact Address 1": "12 rue Haute",
            "Contact Address 2": "Bât. B", "Contact City": "Lyon", "Contact Postal Code": "69001",
            "Contact Country": "FR", "Contact Survey Opt Out": "false",
            "Contact External System Url": "https://crm.example/77", "Account Id": "org-1",
            "Account Name": "Mairie de Lyon", "Account Phone": "+33110203000", "Account City": "Villeurbanne",
            "Account Postal Code": "69100", "Account Country": "FR", "Account Website": "https://mairie.example",
        },
        {"Contact Id": "crm-78", "Contact First Name": "Marc", "Contact Last Name": "Beaulieu"},
    ])
    write("genesys-api.csv", GENESYS_API, [
        {
            "id": "2a4f7c", "externalId": "crm-77", "firstName": "Hélène", "lastName": "Lefèvre", "salutation": "Mme",
            "title": "Juriste", "workPhone.display": "+33 1 10 20 30 40", "workPhone.e164": "+33110203040",
            "workPhone.acceptsSMS": "false", "cellPhone.display": "+33 6 12 34 56 78", "cellPhone.e164": "+33612345678",
            "cellPhone.acceptsSMS": "true", "homePhone.display": "+33 4 10 20 30 40",
            "homePhone.e164": "+33410203040", "workEmail": "helene.lefevre@mairie.example",
            "personalEmail": "helene@maison.example", "address.address1": "12 rue Haute", "address.city": "Lyon",
            "address.postalCode": "69001", "address.countryCode": "FR", "twitterId.screenName": "hlefevre",
            "surveyOptOut": "true", "externalSystemUrl": "https://crm.example/77",
            "externalOrganization.name": "Mairie de Lyon", "createDate": "2026-06-30T09:41:00Z",
        },
    ], encoding="utf-8-sig")
    write("salesforce.csv", SALESFORCE, [
        {
            "Salutation": "Mrs.", "First Name": "Helen", "Last Name": "Fisher", "Title": "Legal adviser",
            "Department": "Legal", "Account Name": "City Hall", "Mailing Street": "1 High Street",
            "Mailing City": "London", "Mailing Zip/Postal Code": "SW1A 1AA", "Mailing Country": "United Kingdom",
            "Phone": "+44 20 7946 0018", "Fax": "+44 20 7946 0019", "Mobile": "+44 7400 123456",
            "Email": "helen.fisher@city.example", "Account Owner": "Ann Owner", "Contact ID": "0035e00000AbCdE",
        },
    ], encoding="cp1252", quoting=csv.QUOTE_ALL)
    write("hubspot.csv", HUBSPOT, [
        {
            "Record ID": "1201", "First Name": "Hélène", "Last Name": "Lefèvre",
            "Email": "helene.lefevre@mairie.example", "Phone Number": "+33 1 10 20 30 40",
            "Mobile Phone Number": "+33 6 12 34 56 78", "Contact owner": "Ann Owner (ann@crm.example)",
            "Associated Company": "Mairie de Lyon", "Job Title": "Juriste", "City": "Lyon", "Postal Code": "69001",
            "Lead Status": "Open", "Create Date": "2026-06-30 09:41",
        },
    ], quoting=csv.QUOTE_ALL, end="\n")
    write("dolibarr.csv", DOLIBARR, [
        {
            "Id.": "77", "Titre civilité": "Madame", "Nom": "Lefèvre", "Prénom": "Hélène",
            "Poste/Fonction": "Juriste", "Adresse": "12 rue Haute", "Code postal": "69001", "Ville": "Lyon",
            "Pays": "France", "Tél pro.": "0110203040", "Tél perso.": "0410203040", "Tél portable": "0612345678",
            "Email": "helene.lefevre@mairie.example", "Nom du tiers": "Mairie de Lyon", "État": "1",
        },
        {
            "Id.": "78", "Titre civilité": "Monsieur", "Nom": "Beaulieu", "Prénom": "Marc", "Email": "marc@regie.example",
            "État": "1",
        },
    ], quoting=csv.QUOTE_ALL, end="\n")


def staff():
    text("hr-matricule.csv", """
Matricule;Civilité;NOM;Nom de naissance;Prénom usuel;Courriel pro;Tél. pro;Mobile pro;Emploi;Direction;Service;Site;Date d'entrée;N+1;Courriel N+1;Statut
A0012;MME;LEFÈVRE;DURAND;HÉLÈNE;helene.lefevre@mairie.example;01.10.20.30.40;06.12.34.56.78;Juriste;Affaires juridiques;Contentieux;Part-Dieu;01/09/2019;NOËL François;francois.noel@mairie.example;Titulaire
A0013;M.;NOËL;NOËL;FRANÇOIS;francois.noel@mairie.example;01.10.20.30.41;;Directeur;Affaires juridiques;;Part-Dieu;15/03/2008;;;Titulaire
A0014;MME;LE GOFF;LE GOFF;ANNE-MARIE;;01.10.20.30.42;;Agente d'accueil;Relation usagers;Accueil;Gerland;02/01/2024;NOËL François;francois.noel@mairie.example;Contractuelle
""", encoding="cp1252")
    text("hr-codes.csv", """
MATRICULE;CIV;NOM_USAGE;NOM_NAISSANCE;PRENOM;EMAIL_PRO;EMAIL_PERSO;TEL_FIXE;TEL_PORTABLE;LIB_FONCTION;LIB_SERVICE;LIB_SITE;ADRESSE1;ADRESSE2;CP;VILLE;DT_ENTREE
00012;MME;LEFEVRE;DURAND;HELENE;HELENE.LEFEVRE@MAIRIE.EXAMPLE;helene@maison.example;110203040;612345678;JURISTE;CONTENTIEUX;PART-DIEU;12 RUE HAUTE;BAT B;1000;BOURG EN BRESSE;20190901
00013;M;NOEL;NOEL;FRANCOIS;FRANCOIS.NOEL@MAIRIE.EXAMPLE;;110203041;749123479;DIRECTEUR;AFFAIRES JURIDIQUES;PART-DIEU;3 RUE BASSE;;69003;LYON;20080315
00014;M;PETIT;PETIT;PAUL;PAUL.PETIT@MAIRIE.EXAMPLE;;110203042;;ACHETEUR;ACHATS;GERLAND;4 RUE BASSE;;69007;LYON;20080316
00015;MME;ROUX;ROUX;LEA;LEA.ROUX@MAIRIE.EXAMPLE;;110203043;;ACHETEUSE;ACHATS;GERLAND;5 RUE BASSE;;69008;LYON;20080317
""")
    write("microsoft-users.csv", MICROSOFT, [
        {
            "User principal name": "helene.lefevre@mairie.example", "Display name": "LEFEVRE Hélène",
            "First name": "Hélène", "Last name": "LEFEVRE", "Title": "Juriste", "Department": "Contentieux",
            "Office": "Bât. B 212", "Phone number": "+33 1 10 20 30 40", "Mobile phone": "+33 6 12 34 56 78",
            "Street address": "12 rue Haute", "City": "Lyon", "Postal code": "69001", "Country or region": "France",
            "Alternate email address": "helene@maison.example", "Usage location": "FR", "Licenses": "E3",
            "Block credential": "False", "When created": "2019-09-01 08:00:00Z",
        },
    ], encoding="utf-8-sig")
    write("active-directory.csv", DIRECTORY, [
        {
            "DN": "CN=Hélène Lefèvre,OU=Agents,DC=mairie,DC=example", "objectClass": "user", "cn": "Hélène Lefèvre",
            "sn": "Lefèvre", "givenName": "Hélène", "displayName": "LEFEVRE Hélène",
            "mail": "helene.lefevre@mairie.example", "telephoneNumber": "+33 1 10 20 30 40",
            "mobile": "+33 6 12 34 56 78", "title": "Juriste", "department": "Contentieux",
            "company": "Mairie de Lyon", "streetAddress": "12 rue Haute", "l": "Lyon", "postalCode": "69001",
            "co": "France", "employeeNumber": "A0012", "sAMAccountName": "hlefevre",
        },
    ], encoding="utf-16")


def colleagues():
    text("annuaire.csv", """
ANNUAIRE DES CORRESPONDANTS;;;;
Mis à jour le 30/06/2026;;;;

Nom / Prénom;Fonction;N° de téléphone;Adresse mail;Observations
LEFEVRE Hélène;Juriste;01 10 20 30 40 / 06 12 34 56 78;helene.lefevre@mairie.example;absente le mercredi
LE GOFF Anne-Marie;Accueil;01 10 20 30 42;NC;
M. François NOËL;Directeur;poste 4512;francois.noel@mairie.example;"ne pas
déranger"
""", encoding="cp1252")
    text("unicode-text.txt", "\ufeff" + """\
Nom\tPrénom\tSociété\tE-mail\tTéléphone\tPortable
Lefèvre\tHélène\t"Mairie de ""Lyon"" (3e)"\thelene.lefevre@mairie.example\t01 10 20 30 40\t06 12 34 56 78
Łukasik\tŽaneta\tRégie\tzaneta@regie.example\t\t
""", encoding="utf-16-le")
    text("mac-excel.csv", """
Nom;Prénom;Courriel;Téléphone;Ville
Lefèvre;Hélène;helene.lefevre@mairie.example;0110203040;Besançon
Noël;François;francois.noel@regie.example;0472103031;Béziers
""", encoding="mac_roman", end="\r")
    text("numbers-mac.csv", """
Nom,Prénom,E-mail,Téléphone,Adresse
Lefèvre,Hélène,helene.lefevre@mairie.example,01 10 20 30 40,"12, rue Haute
69001 Lyon"
Noël,François,francois.noel@regie.example,,
""", end="\n")
    text("statuses.csv", """
Prénom;Nom;Mail;Expert;Copie;Transfert;Spécialités;Langues parlées
Hélène;Lefèvre;helene.lefevre@mairie.example;x;x;;Eau, Voirie;français, anglais
Marc;Beaulieu;marc@regie.example;OUI;NON;OUI;Eau;FR / EN
Zoé;d'Arc;;1;1;0;;
Paul;Petit;paul@regie.example;peut-être;;;;
""")
    text("pipes.txt", """
NOM|PRENOM|EMAIL|TEL
LEFEVRE|Hélène|helene.lefevre@mairie.example|0033110203040
D'ARC|Zoé|zoe@mairie.example|+33(0)6 12 34 56 78
""", end="\n")
    text("addresses.txt", """
helene.lefevre@mairie.example
Marc Beaulieu <marc@regie.example>
<zoe@mairie.example>
""", end="\n")
    text("strict-other-order.csv", """
E-mail;Nom;Prénom;Civilité;Téléphone;Service;Ville;Adresse
helene.lefevre@mairie.example;Lefèvre;Hélène;Mme;0110203040;Contentieux;Lyon;12 rue Haute
""")


if __name__ == "__main__":
    customers()
    staff()
    colleagues()
