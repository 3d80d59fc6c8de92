# Carnet, en français. Les espaces insécables (U+00A0 avant les deux-points et dans les guillemets, U+202F avant ; ! ?)
# sont de vraies espaces insécables dans ce fichier ; un test y veille.

## La page
app-name = Carnet
skip-link = Aller au contenu
nav-label = Menu principal
nav-menu = Menu
nav-contacts = Contacts
nav-search = Rechercher
nav-imports = Imports
nav-users = Utilisateurs
nav-account = Mon compte
sign-out = Se déconnecter
footer-text = Carnet d’adresses du centre de contacts
error-prefix = Erreur : { $title }
problem = Il y a un problème
required-note = Les champs sont obligatoires.
save = Enregistrer
cancel = Annuler
back = Retour
yes = oui
no = non
empty-value = (vide)
previous-page = Page précédente
next-page = Page suivante
first-page = Première page
pages-label = Pages
list-range = { $first }–{ $last }
list-range-of = { $first }–{ $last } sur { $total } · page { $page }/{ $pages }

## Ce qui ne va pas dans une valeur
fault-at-field = { $label } : { $reason }. { $cure }
fault-missing = valeur manquante
fault-missing-cure = Saisissez-la : c’est l’e-mail qui identifie le destinataire.
fault-too-long = { $length } caractères ; { $max } au plus
fault-too-long-cure = À raccourcir.
fault-too-short = moins de { $min } caractères
fault-too-short-cure = Choisissez-en un plus long, par exemple quelques mots à la suite.
fault-control = un caractère de contrôle ou un saut de ligne
fault-control-cure = Retirez-le. S’il ne se voit pas, saisissez la valeur à nouveau.
fault-civility = civilité inconnue
fault-civility-cure = Écrivez M., Mme ou Mlle.
fault-email = ce n’est pas une adresse e-mail
fault-email-cure = Écrivez une adresse comme nom@exemple.fr.
fault-invisible = caractère invisible { $code }
fault-invisible-cure = Saisissez la valeur à nouveau, sans la copier.
fault-email-apostrophe = une apostrophe précède l’adresse
fault-email-apostrophe-cure = Retirez-la.
fault-email-sign = « { $sign } » ne peut pas figurer après le @
fault-email-sign-cure = Ne gardez que l’adresse, comme nom@exemple.fr : après le @, des lettres, des chiffres, des traits d’union et des points.
fault-email-number = le domaine se termine par un nombre
fault-email-number-cure = Écrivez le nom du domaine, comme exemple.fr, pas son adresse IP.
fault-email-host = ce qui suit le @ n’est pas un nom de domaine
fault-email-host-cure = Vérifiez-le : un nom comme exemple.fr, sans trait d’union au début ou à la fin.
fault-no-digit = aucun chiffre
fault-no-digit-cure = Écrivez un numéro comme 01 10 20 30 40.
fault-digits = autre chose que des chiffres (espaces, points, lettres, signe +)
fault-digits-cure = Écrivez les chiffres à la suite : 0110203040 ou 0033110203040.
fault-white-space = une espace
fault-white-space-cure = Retirez-la, ou mettez un tiret à sa place.
fault-field-count = { $found ->
    [one] { $found } champ au lieu de 8
   *[other] { $found } champs au lieu de 8
 }
fault-field-count-more = Un champ contient-il une virgule ? Retirez-la, même entre guillemets.
fault-field-count-fewer = Gardez les huit champs, même vides : chaque ligne compte sept virgules.
fault-separator = le champ contient le signe « { $sign } », qui sépare les champs
fault-separator-cure = Retirez-le, même entre guillemets.
fault-line-too-long = ligne de plus de { $max } octets
fault-line-too-long-cure = Vérifiez qu’il ne manque pas de saut de ligne.
fault-bare-return = des fins de ligne d’ancien Mac (retour chariot seul, CR) au milieu de la ligne
fault-bare-return-cure = Enregistrez le fichier avec des fins de ligne LF ou CRLF : plusieurs lignes se lisent ici comme une seule.
fault-superseded = la même adresse figure de nouveau à la ligne { $line }
fault-superseded-cure = C’est la dernière qui compte ; retirez celle-ci si c’est bien la même personne.

## Champs d’un contact
field-civility = Civilité
civility-none = Aucune
field-first-name = Prénom
field-last-name = Nom
field-email = E-mail
field-service = Service
field-phone = Téléphone
field-address = Adresse
field-city = Ville
first-name-missing = Saisissez le prénom
last-name-missing = Saisissez le nom de famille
email-taken = Un autre contact a déjà cette adresse e-mail. Cherchez-le dans le carnet, ou saisissez une autre adresse
email-needed-for-statuses = Saisissez un e-mail, ou décochez Copie et Transfert : ces statuts nécessitent une adresse
status-expert = Expert
status-copy = Copie
status-transfer = Transfert
status-expert-hint = peut être consulté avant de répondre
status-copy-hint = peut être mis en copie
status-transfer-hint = peut recevoir un dossier

## Carnet d’adresses
contacts-title = Carnet d’adresses
find-title = Qui peut aider ?
find-label = Nom, service, organisation, spécialité, langue, ville, e-mail ou téléphone
find-everybody = Parcourir tous les contacts
results = { $count ->
    [0] Aucun résultat
    [one] { $count } résultat
   *[other] { $count } résultats
 }
results-many = Plus de { $count } résultats
results-for = { $results } pour « { $query } »
search-corrected-none = Aucun résultat pour « { $query } ».
search-corrected = Résultats pour « { $query } ».
search-as-typed = Chercher quand même ce qui est saisi
search-or = Autres orthographes :
topics-all = Toutes les spécialités…
away-today = Absences aujourd’hui
away-more = D’autres contacts sont absents aujourd’hui.
beside-label = Contacts voisins dans la liste
beside-previous = précédent
beside-next = suivant
contact-call = Appeler
contact-write = Écrire
contact-copy-in = Mettre en copie
contact-rest = Autres informations
history-count = Historique ({ $count })
note-new = Ajouter une note
contacts-total = { $count ->
    [0] Aucun contact
    [one] { $count } contact
   *[other] { $count } contacts
 }
contacts-more-than = Plus de { $count } contacts
contacts-caption = Contacts, par nom
search-label = Rechercher un nom, un service, une ville, un e-mail ou un téléphone
search-submit = Rechercher
search-page-title = { $query } – Recherche
filter-search = Recherche
filters-label = Filtres actifs
filter-apply = Filtrer
filter-remove = Retirer le filtre { $filter }
filter-clear = Effacer les filtres
filter-status = Statut
import-column = Importation
statuses-column = Statuts
contact-column = Coordonnées
contact-add = Ajouter un contact
contact-add-short = Ajouter
contact-add-rest = un contact
import-list = Importer une liste
statuses-submit = Valider la sélection
statuses-unchanged = Aucun statut n’a changé.
statuses-submit-next = Valider, page suivante
skip-to-save = Aller à « Valider la sélection »
tick-all = tous
tick-none = aucun
tick-all-label = tous – { $status } : cocher toute la page
tick-none-label = aucun – { $status } : décocher toute la page
tick-left-out = { $count ->
    [one] Un contact sans e-mail ne peut pas être { $status } : il n’a pas été coché.
   *[other] { $count } contacts sans e-mail ne peuvent pas être { $status } : ils n’ont pas été cochés.
}
column-chosen = Choisir
column-belonging = Service · organisation
column-email = E-mail
column-phone = Téléphone
column-changed = Modifié
letters-label = Aller à la lettre
rows-per-page = Contacts par page
chosen-title = Contacts choisis…
chosen-hint = Cochez les cases de gauche pour choisir des contacts de cette page ; ce choix n’est pas gardé d’une page à l’autre.
chosen-bulk = Statuts, organisation…
chosen-merge = Fusionner…
chosen-message = Écrire…
chosen-export = Exporter…
chosen-delete = Mettre à la corbeille…
chosen-none = Aucun contact choisi : cochez d’abord la case à gauche d’un nom.
chosen-two = Pour fusionner, choisissez au moins deux contacts : cochez les cases à gauche de leurs noms.
filter-chosen = Contacts choisis
undo = Annuler
statuses-saved = { $count ->
    [one] Statuts enregistrés : { $count } contact modifié.
   *[other] Statuts enregistrés : { $count } contacts modifiés.
 }
no-email = pas d’e-mail
no-phone = pas de téléphone
list-empty = Le carnet est vide.
list-empty-hint = Importez une liste de destinataires, avec le modèle fourni, ou ajoutez un premier contact.
list-empty-agent = Un coordinateur doit d’abord y importer une liste.
list-nothing-found = Aucun contact ne correspond.
list-nothing-found-hint = Vérifiez l’orthographe, cherchez par le début d’un mot, ou retirez un filtre.
page-nothing-more = Fin de la liste.

## Un contact
contact-edit = Modifier
contact-delete = Supprimer
contact-new-title = Ajouter un contact
contact-edit-title = Modifier { $name }
contact-form-note = Le prénom et le nom sont obligatoires ; le reste est facultatif.
contact-statuses = Statuts
contact-none = Aucun statut
contact-address = Adresse postale
contact-identity = Identité
contact-reach = E-mail et téléphones
contact-more-reach = Autres e-mails et téléphones
email-hint = Il identifie le destinataire ; nécessaire pour Copie et Transfert.
contact-added = Contact ajouté.
contact-added-without-copy = Contact ajouté, sans le statut Copie, qui nécessite un e-mail professionnel.
contact-saved = Contact enregistré.
conflict-field = Champ
conflict-theirs = Enregistré entre-temps
conflict-yours = Votre saisie
contact-delete-title = Supprimer { $name } ?
contact-delete-confirm = Supprimer ce contact

## Imports
imports-title = Imports
imports-caption = Imports : d’abord ceux qui attendent une décision, puis du plus récent au plus ancien
imports-empty = Aucune liste n’a encore été importée.
import-new-title = Importer une liste
import-name = Nom de l’import
import-name-optional = Nom de l’import (facultatif)
import-name-hint = 50 caractères au plus, sans espace. Laissé vide, il reprend le nom du fichier.
import-name-missing = Saisissez un nom pour cet import, par exemple juin2026
import-name-space = Le nom de l’import ne peut pas contenir d’espace : écrivez par exemple juin-2026
import-name-taken = Un import porte déjà ce nom : choisissez-en un autre
import-file = Fichier
import-file-hint = CSV, classeur (XLSX, XLS, ODS) ou cartes de visite (vCard), { $max } Mio au plus.
import-file-missing = Choisissez le fichier à importer
import-file-again = Choisissez à nouveau le fichier : le navigateur ne le garde pas.
import-valid-anyway = Importer les lignes valides même si d’autres sont refusées
import-valid-hint = Sinon, rien n’est écrit si une ligne est refusée : vous décidez ensuite.
import-submit = Envoyer et vérifier
import-effect = Les adresses déjà connues sont mises à jour : les huit champs du fichier remplacent ceux du carnet, même vides. Les statuts restent. Les nouveaux contacts sont Expert et Copie.
steps-label = Étapes
step-file = Fichier
step-check = Vérifier
step-done = Terminé
format-title = Le format sans question
format-intro = Une liste de ce format est vérifiée aussitôt ; pour toute autre liste, vous indiquez d’abord ce que contient chaque colonne. Une ligne par destinataire, huit champs séparés par des virgules, toujours dans cet ordre. Aucun champ ne doit contenir de virgule.
format-header-note = La première ligne peut porter les noms des colonnes.
format-column = Colonne
format-limit-title = Longueur
format-rule = Règle
format-civility = M., Mme ou Mlle ; M. si vide
format-optional = facultatif
format-email = obligatoire : identifie le destinataire
format-phone = chiffres seulement, sans espace : 0110203040 ou 0033110203040
format-template = Télécharger un modèle
state-checking = Vérification en cours
state-deciding = En attente de décision
state-applying = Import en cours
state-done = Terminé
state-refused = Refusé
state-cancelled = Abandonné
import-title-checking = { $name } : vérification en cours
import-title-applying = { $name } : import en cours
import-title-done = { $name } : import terminé
import-title-cancelled = { $name } : import abandonné
import-facts = { $file } · envoyé le { $date }
import-facts-by = { $file } · envoyé le { $date } par { $by }
count-created = { $count ->
    [one] ajouté
   *[other] ajoutés
 }
count-to-create = à ajouter
count-updated = mis à jour
count-to-update = à mettre à jour
count-unchanged = { $count ->
    [one] inchangé
   *[other] inchangés
 }
count-restored = { $count ->
    [one] restauré depuis la corbeille
   *[other] restaurés depuis la corbeille
 }
count-to-restore = à restaurer depuis la corbeille
count-superseded = en double dans le fichier
count-rejected = { $count ->
    [one] refusé
   *[other] refusés
 }
count-skipped = { $count ->
    [one] ligne ignorée (en-tête ou vide)
   *[other] lignes ignorées (en-tête ou vides)
 }
count-total = { $count ->
    [one] { $count } ligne dans le fichier
   *[other] { $count } lignes dans le fichier
 }
counts-label = Ce que deviennent les lignes
decide-text = { $count ->
    [0] Aucune ligne n’est valide : corrigez les lignes refusées ci-dessous, ou le fichier et renvoyez-le.
    [one] Vous pouvez importer la ligne valide maintenant, ou d’abord corriger les autres ci-dessous.
   *[other] Vous pouvez importer les { $count } lignes valides maintenant, ou d’abord corriger les autres ci-dessous.
 }
decide-confirm = { $count ->
    [one] Importer la ligne valide
   *[other] Importer les { $count } lignes valides
 }
progress-checking = Vérification du fichier : { $percent } %
progress-left = { $seconds ->
    [one] encore environ { $seconds } seconde
   *[other] encore environ { $seconds } secondes
 }
progress-leave = Vous pouvez quitter cette page : le travail continue, et l’import reste dans la liste des imports.
progress-refresh = Actualiser
progress-auto = Actualiser toutes les 2 s
progress-stop = Arrêter l’actualisation
cancel-note = Rien n’est encore écrit : abandonner ne laisse aucune trace dans le carnet.
refused-title = Ce fichier ne peut pas être importé
refused-nothing = Rien n’a été écrit dans le carnet, et le nom de l’import reste disponible.
refused-again = Choisir un autre fichier
cancelled-text = Rien n’a été écrit. Le nom de l’import est de nouveau disponible.
rejected-title = Lignes refusées
rejected-caption = Lignes refusées, dans l’ordre du fichier
rejected-download = Télécharger les lignes telles quelles (CSV)
rejected-download-reasons = { $count ->
    [one] Télécharger la ligne refusée avec sa raison (CSV)
   *[other] Télécharger les { $count } lignes refusées avec leur raison (CSV)
 }
rejected-groups-caption = Lignes refusées, par raison
rejected-partial = Le fichier a plus de lignes refusées, ou plus de raisons, que cette page n’en montre : la liste complète et le rapport les donnent toutes.
rejected-alike = Voir les { $count } lignes
rejected-all = Toutes les lignes refusées, dans l’ordre du fichier
rejected-by-reason = Les regrouper par raison
rejected-next = Lignes refusées suivantes
report-download = Télécharger le rapport (CSV)
rejected-raw = Les lignes refusées se téléchargent telles qu’elles ont été reçues : un tableur exécuterait les formules qu’elles contiennent. Le rapport, lui, est sans risque.
superseded-title = Lignes en double
superseded-text = La même adresse e-mail revient plus loin dans le fichier : la dernière ligne compte.
superseded-caption = Lignes en double, dans l’ordre du fichier
superseded-next = Lignes en double suivantes
row-line = Ligne
row-lines = Lignes
row-first = Premières lignes
row-column = Colonne
row-value = Valeur
row-why = Pourquoi, et que faire
whole-line = Ligne entière
whole-file = Fichier entier
report-line = Ligne
report-column = Colonne
report-value = Valeur
report-reason = Raison
report-cure = Que faire
import-name-column = Import
import-state-column = État
import-date-column = Date
import-by-column = Par
import-counts-column = Résultat
import-done-flash = Import terminé.
import-cancelled-flash = Import abandonné : rien n’a été écrit.
import-too-late = Il est trop tard pour abandonner : l’import est en cours d’écriture ou terminé.
refusal-empty = Le fichier est vide. Choisissez un fichier qui contient au moins une ligne.
refusal-spreadsheet = C’est un classeur (Excel ou LibreOffice), pas un fichier CSV. Dans Excel : Fichier, Enregistrer sous, « CSV UTF-8 », puis remplacez les points-virgules par des virgules. Dans LibreOffice : Enregistrer sous, « Texte CSV », jeu de caractères UTF-8, séparateur virgule.
refusal-utf16 = Le fichier est en UTF-16 (« Texte Unicode » d’Excel), pas en UTF-8. Dans Excel : Fichier, Enregistrer sous, « CSV UTF-8 ». Dans LibreOffice : Enregistrer sous, « Texte CSV », jeu de caractères UTF-8, séparateur virgule.
refusal-not-utf8 = Le fichier n’est pas en UTF-8 : ligne { $line }, octet { $byte }. Il est sans doute en Windows-1252. Dans Excel : Fichier, Enregistrer sous, « CSV UTF-8 ». Dans LibreOffice : Enregistrer sous, « Texte CSV », jeu de caractères UTF-8, séparateur virgule.
refusal-semicolons = Les champs sont séparés par des points-virgules, pas par des virgules (ligne { $line }). Dans LibreOffice : Enregistrer sous, « Texte CSV », séparateur virgule. Excel en français écrit toujours des points-virgules : remplacez-les par des virgules dans un éditeur de texte.
refusal-tabs = Les champs sont séparés par des tabulations, pas par des virgules (ligne { $line }). Dans LibreOffice : Enregistrer sous, « Texte CSV », séparateur virgule. Dans Excel : Enregistrer sous, « CSV UTF-8 », puis remplacez les points-virgules par des virgules.
refusal-header = Les colonnes ne sont pas dans le bon ordre (ligne { $line }). Il faut : Civilité, Prénom, Nom, E-mail, Service, Téléphone, Adresse, Ville.
check-finding = Ligne { $line }, { $column }, « { $value } » : { $reason }. { $cure }

## Utilisateurs
username = Nom d’utilisateur
username-missing = Saisissez le nom d’utilisateur
username-taken = Un utilisateur porte déjà ce nom : choisissez-en un autre
username-hint = 50 caractères au plus ; il sert à se connecter.
display-name = Nom affiché
display-name-hint = Le nom qui signe les notes et l’historique, 100 caractères au plus. Laissé vide, c’est le nom d’utilisateur.
display-name-company = Le nom qui signe les notes et l’historique. Le compte de l’entreprise le remplit à chaque connexion, comme l’e-mail, s’il les transmet.
account-names-hint = Seul un administrateur peut les modifier.
password = Mot de passe
new-password = Nouveau mot de passe
new-password-missing = Saisissez un mot de passe
sign-in-title = Se connecter
sign-in-submit = Se connecter
sign-in-wrong = Nom d’utilisateur ou mot de passe incorrect
sign-in-wait = { $seconds ->
    [one] Trop de tentatives : attendez { $seconds } seconde avant de réessayer
   *[other] Trop de tentatives : attendez { $seconds } secondes avant de réessayer
 }
signed-out = Déconnexion effectuée.
setup-title = Créer l’administrateur
setup-intro = Carnet démarre pour la première fois. Le code à usage unique est affiché dans le terminal où le programme a été lancé.
setup-code = Code à usage unique
setup-code-wrong = Ce n’est pas le code affiché au dernier démarrage : recopiez-le tel quel, par exemple 1a2b-3c4d-5e6f-7a8b
setup-submit = Créer l’administrateur
setup-done = Administrateur créé. Ajoutez maintenant les utilisateurs de votre équipe.
role = Rôle
role-missing = Choisissez un rôle
role-agent = Agent
role-coordinator = Coordinateur
role-administrator = Administrateur
role-agent-hint = cherche dans le carnet
role-coordinator-hint = tient le carnet : imports, contacts, statuts
role-administrator-hint = gère aussi les utilisateurs
users-title = Utilisateurs
users-caption = Utilisateurs, par nom
user-add = Ajouter un utilisateur
user-edit = Modifier { $name }
user-state = État
user-active = Actif
user-disabled = Désactivé
user-disable = Désactiver ce compte
user-disable-hint = Il ne peut plus se connecter et ses sessions prennent fin.
user-disable-ask = Désactiver le compte { $name } ?
user-name = Nom
user-signed-in = Dernière connexion
user-signed-in-never = aucune
user-signed-in-at = Dernière connexion le { $date }.
user-signed-in-never-yet = Aucune connexion enregistrée.
user-created-at = Créé le { $date }.
user-password-title = Nouveau mot de passe
user-password-submit = Définir ce mot de passe
user-password-text = Cette personne devra se connecter à nouveau, avec ce mot de passe, dans tous ses navigateurs.
user-added = Utilisateur { $name } ajouté.
user-saved = Utilisateur { $name } enregistré.
user-password-saved = Nouveau mot de passe défini pour { $name } ; ses sessions ont pris fin.
last-administrator = C’est le dernier administrateur actif : nommez-en d’abord un autre
actions = Actions
account-title = Mon compte
language = Langue
language-auto = Celle du navigateur
language-saved = Langue enregistrée.
current-password = Mot de passe actuel
current-password-wrong = Le mot de passe actuel est incorrect
password-title = Changer de mot de passe
password-submit = Changer le mot de passe
password-saved = Mot de passe changé ; vos autres sessions ont pris fin.
sessions-title = Mes sessions
sessions-caption = Sessions ouvertes, la dernière utilisée d’abord
session-browser = Navigateur
session-since = Ouverte le
session-seen = Dernière activité
session-current = celle-ci
session-unknown = inconnu
sessions-password-hint = Votre mot de passe est demandé avant de déconnecter une session.
sessions-end = Déconnecter les autres sessions
sessions-ended = { $count ->
    [0] Aucune autre session n’était ouverte.
    [one] { $count } session déconnectée.
   *[other] { $count } sessions déconnectées.
 }

## Erreurs
error-home = Revenir au carnet
error-reference = Référence pour votre administrateur : { $reference }
error-right-title = Accès refusé
error-right = { $who } Demandez à un administrateur si vous en avez besoin.
error-right-coordinators = Seuls les coordinateurs et les administrateurs peuvent faire cela.
error-right-administrators = Seuls les administrateurs peuvent faire cela.
error-forgery-title = Formulaire périmé
error-forgery = Ce formulaire n’a pas été accepté : il vient d’une autre adresse, ou il date d’avant votre dernière connexion. Revenez à la page, actualisez-la et recommencez.
error-not-found-title = Page introuvable
error-not-found = Cette page n’existe pas, ou ce qu’elle montrait a été supprimé.
error-method-title = Action impossible ici
error-method = Cette adresse existe, mais pas pour cette action. Passez par les liens et les boutons des pages.
error-slow-title = Envoi interrompu
error-slow = L’envoi s’est arrêté avant la fin. Rien n’a été enregistré. Vérifiez votre connexion et recommencez.
error-gone-title = Rien n’a été enregistré
error-gone = Ce que ce formulaire modifiait n’existe plus : quelqu’un l’a supprimé pendant votre saisie.
error-typed-title = Ce que vous aviez saisi
error-typed-text = Copiez ce texte avant de quitter cette page si vous en avez encore besoin.
error-in-trash-title-unnamed = Ce contact est dans la corbeille
error-in-trash-title = { $name } est dans la corbeille
error-in-trash = Quelqu’un a supprimé ce contact pendant votre saisie, qui n’est pas enregistrée. Restaurez-le depuis la corbeille, ou demandez à un coordinateur de le faire, puis recommencez.
error-conflict-title = Déjà fait
error-conflict = Quelqu’un a fait la même chose au même moment. Revenez à la page et vérifiez.
error-unavailable-title = Carnet est momentanément indisponible
error-unavailable = La base de données ne répond pas. Rien de ce qui était enregistré n’est perdu, mais ce que vous venez d’envoyer n’est pas encore enregistré. Attendez quelques secondes, puis actualisez la page pour l’envoyer à nouveau.
error-full-title = Le disque du serveur est plein
error-full = Rien n’a été écrit et rien n’est endommagé. Prévenez l’administrateur, qui libérera de la place ; puis actualisez la page pour envoyer à nouveau.
error-request-title = Demande incompréhensible
error-request = L’adresse de la page ou le formulaire envoyé est incomplet ou altéré. Passez par les liens et les boutons des pages.
error-internal-title = Une erreur est survenue
error-internal = C’est une erreur de Carnet, pas la vôtre. Réessayez ; si elle revient, donnez la référence à votre administrateur.

## Le contact entier
field-title = Fonction
field-organization = Organisation
field-email-work = E-mail professionnel
field-email-personal = E-mail personnel
field-email-other = Autre e-mail
field-phone-work = Téléphone professionnel
field-phone-cell = Téléphone mobile
field-phone-home = Téléphone du domicile
field-phone-other = Autre téléphone
field-sms-work = Le téléphone professionnel reçoit les SMS
field-sms-cell = Le téléphone mobile reçoit les SMS
field-sms-home = Le téléphone du domicile reçoit les SMS
field-sms-other = L’autre téléphone reçoit les SMS
field-postal-code = Code postal
field-state = Région ou état
field-country = Pays
field-external-url = Fiche dans un autre système
field-survey-opt-out = Ne pas solliciter pour les enquêtes
field-contact-type = Type de contact
field-name = Nom
field-website = Site web
field-industry = Secteur d’activité
default-country = Pays par défaut
fault-extension = un numéro de poste seul
fault-extension-cure = Écrivez le numéro complet devant, par exemple 01 10 20 30 40 poste 12.
fault-shortened = le tableur a abrégé ce numéro : des chiffres manquent
fault-shortened-cure = Mettez la colonne au format Texte, puis saisissez le numéro en entier.
fault-url = ce n’est pas l’adresse d’une page
fault-url-cure = Écrivez une adresse qui commence par https://, par exemple https://crm.exemple.fr/fiche/12.
fault-country = pays inconnu
fault-country-cure = Choisissez-le dans la liste.
fault-integer = ce n’est pas un nombre entier de 18 chiffres au plus
fault-integer-cure = Écrivez par exemple 1240.
fault-number = ce n’est pas un nombre
fault-number-cure = Écrivez par exemple 3,5.
fault-date = ce n’est pas une date
fault-date-cure = Écrivez par exemple 30/06/2026.
fault-date-time = ce n’est pas une date avec son heure
fault-date-time-cure = Écrivez par exemple 30/06/2026 9:41.
fault-choice = ce choix n’est pas proposé
fault-choice-cure = Choisissez dans la liste.
fault-source-name = il contient autre chose que des lettres, des chiffres et des traits d’union
fault-source-name-cure = Retirez-le, ou mettez un trait d’union à sa place.
fault-number-block = une ligne n’est pas un début de numéro
fault-number-block-cure = Écrivez par exemple 01 42 68 ou +33 1 42 68, un par ligne, avec au moins quatre chiffres après l’indicatif du pays.
fault-number-block-twice = un début de numéro y est deux fois
fault-number-block-twice-cure = Gardez-en un.
fault-number-blocks = il y a plus de { $max } lignes
fault-number-blocks-cure = Réunissez-en sous un début plus court.
fault-network = une de ses lignes n’est ni une adresse IP ni un réseau
fault-network-cure = Écrivez par exemple 10.1.2.3 ou 10.1.0.0/16, un par ligne.
fault-networks = il contient plus de { $max } réseaux
fault-networks-cure = Retirez-en, ou réunissez-les en un plus grand.
fault-tags = plus de { $max } étiquettes
fault-tags-cure = Retirez-en.
custom-missing = Remplissez { $label } : ce type de contact le demande
organization-unknown = Cette organisation n’est pas encore dans le carnet : choisissez une organisation proche, ou créez celle-ci
organization-hint = Le début du nom, puis « Chercher l’organisation ».
organization-find = Chercher l’organisation
organization-find-short = Chercher
organization-offers = Organisations proches :
organization-none = Aucune organisation ne porte un nom proche : créez-la, ou videz le champ.
organization-found = { $name } est dans le carnet : enregistrez quand le reste est prêt.
organization-create = Créer l’organisation « { $name } »
organization-create-whole = La créer avec ses coordonnées…
organization-created = L’organisation { $name } est créée : enregistrez quand le reste est prêt.
contact-type-unknown = Ce type de contact n’existe plus : choisissez-en un autre
contact-type-choose = Type
contact-type-none = (aucun)
contact-type-off-suffix = (désactivé)
contact-type-show = Afficher les champs de ce type
choice-none = (aucun)
choice-former = (n’est plus proposé)
country-none = (non précisé)
contact-links = Liens et réseaux sociaux
contact-preferences = Enquêtes
external-url-hint = Une adresse qui commence par https:// ou http://, 1 000 caractères au plus.
social-hint = Pour chaque réseau : le nom du compte, ou l’adresse de la page.
social-whatsapp-hint = Le numéro avec son pays, par exemple +33 6 12 34 56 78.
survey-hint = aucune enquête de satisfaction ne lui est envoyée
statuses-need-email = Copie et Transfert nécessitent un e-mail professionnel ; Expert n’en a pas besoin.
phone-hint = Par exemple 01 10 20 30 40, +32 2 555 12 12, ou 01 10 20 30 40 poste 12.
takes-sms = SMS
phone-unread = numéro non reconnu
second-number-move = Déplacer { $number } vers « { $field } »
second-number-moved = { $number } est maintenant dans « { $field } ».
second-number-full = Ce champ contient plusieurs numéros et aucun autre champ n’est libre : modifiez la fiche pour en libérer un.
second-number-by-hand = Ce champ contient plusieurs numéros : modifiez la fiche pour donner à chacun le sien.
second-number-stale = Rien n’a été déplacé : la fiche a été modifiée entre-temps. Voici ce qu’elle contient maintenant.
second-number-not-there = Rien n’a été déplacé : ce champ n’a pas de second numéro à déplacer.
email-in-trash = Cette adresse est celle d’un contact qui est dans la corbeille : restaurez-le, ou saisissez une autre adresse
email-was-of = C’est l’ancienne adresse d’un contact fusionné, « { $name } » : ouvrez sa fiche, ou enregistrez de nouveau si l’adresse est maintenant celle de cette personne-ci
email-was-of-link = Voir la fiche « { $name } »
email-in-trash-link = Voir ce contact dans la corbeille
contact-gone = Quelqu’un a supprimé ce contact pendant votre saisie. Rien n’est perdu : restaurez-le et enregistrez votre saisie, ou annulez
contact-stale = Quelqu’un a enregistré ce contact pendant votre saisie. Rien n’est perdu : comparez, choisissez au besoin, puis enregistrez à nouveau
save-and-restore = Restaurer et enregistrer
form-stale = Quelqu’un a enregistré autre chose pendant votre saisie. Rien n’est perdu : comparez, corrigez au besoin, puis enregistrez à nouveau
effects-changed = Les effets ne sont plus ceux que vous avez vus. Rien n’a été changé : relisez-les, puis confirmez à nouveau
contact-type-gone = Quelqu’un a supprimé ce type pendant votre saisie. Rien n’est perdu : enregistrez pour l’ajouter à nouveau, ou annulez
custom-field-gone = Quelqu’un a supprimé ce champ pendant votre saisie. Rien n’est perdu : choisissez son type et enregistrez pour l’ajouter à nouveau, ou annulez
conflict-title = Ce qui diffère
conflict-before = Avant
conflict-kept = Sera enregistré
conflict-keeps-theirs = l’autre version, reprise dans le formulaire
conflict-keeps-yours = la vôtre
conflict-keep-yours = garder la mienne
conflict-keep-theirs = garder l’autre
conflict-note = Le formulaire ci-dessous contient déjà ce choix ; vous pouvez encore le corriger.
contact-delete-text = Le contact quitte le carnet et les agents ne le trouvent plus. Il reste 30 jours dans la corbeille, d’où l’on peut le restaurer ; un import ou un nouveau contact avec la même adresse e-mail le fait aussi revenir.
contact-restored = Cette adresse était celle d’un contact supprimé : il est restauré, avec ce que vous venez de saisir en plus de ce qu’il avait.
data-link = Données personnelles (RGPD)
trash-here-title = Dans la corbeille
trash-here = Supprimé le { $date }. Restaurez ce contact, ou supprimez-le définitivement.
trash-restore = Restaurer
erase = Supprimer définitivement

## Notes
notes-title = Notes
notes-of = Notes sur { $name }
notes-all = Toutes les notes
notes-older = Notes plus anciennes
notes-none = Aucune note.
note = Note
note-hint = 32 000 caractères au plus ; les sauts de ligne sont gardés. Vous seul pourrez la modifier ou la supprimer.
note-add = Ajouter la note
note-missing = Saisissez le texte de la note
note-too-long = La note compte { $length } caractères : raccourcissez-la à { $max } au plus
note-edited = modifiée le { $date }
note-whole = Lire la suite
note-edit = Modifier la note
note-delete = Supprimer la note
note-edit-title = Modifier la note
note-delete-title = Supprimer cette note ?
note-delete-text = La note sera supprimée définitivement, pour tout le monde.
note-delete-confirm = Supprimer cette note
note-added = Note ajoutée.
note-saved = Note enregistrée.
note-deleted = Note supprimée.

## Historique
history-title = Historique
history-of = Historique : { $name }
history-all = Tout l’historique
history-older = Plus ancien
history-unknown = Action d’une version plus récente de Carnet
history-by-itself = Carnet
history-by-import = import { $name }
history-became = devient
history-made = Dans le carnet depuis le { $date }.
history-made-by-import = Ajouté par l’import { $name } le { $date }.
history-contact-added = Contact ajouté
history-contact-edited = Contact modifié
history-contact-deleted = Contact mis à la corbeille
history-contact-restored = Contact restauré
history-contact-erased = Contact supprimé définitivement
history-contact-data-exported = Données personnelles du contact exportées
history-note-added = Note ajoutée
history-note-edited = Note modifiée
history-note-deleted = Note supprimée
history-organization-added = Organisation ajoutée
history-organization-edited = Organisation modifiée
history-organization-deleted = Organisation supprimée
history-type-added = Type de contact ajouté
history-type-edited = Type de contact modifié
history-type-deleted = Type de contact supprimé
history-source-added = Source ajoutée
history-source-edited = Source renommée
history-source-deleted = Source supprimée
history-external-ids-edited = Identifiants modifiés
history-trash-emptied = Vidage de la corbeille
history-import-started = Import commencé
history-import-applied = Import terminé
history-settings-edited = Paramètres modifiés
history-phones-read-again = Numéros relus
history-account-added = Utilisateur ajouté
history-account-edited = Utilisateur modifié
history-password-set = Mot de passe défini ou changé
history-exported = Journal d’activité exporté

## Erreurs, suite
error-not-yours-title = Ce n’est pas votre note
error-not-yours = Seule la personne qui a écrit une note peut la modifier ou la supprimer.
custom-required = Obligatoire.
custom-tag-hint = Une étiquette par ligne, 10 au plus, de 100 caractères au plus.
custom-integer-hint = Un nombre entier, par exemple 1240.
custom-number-hint = Un nombre, par exemple 3,5.
custom-date-hint = Une date, par exemple 30/06/2026.
custom-date-time-hint = Une date avec son heure, par exemple 30/06/2026 9:41.
custom-url-hint = Une adresse qui commence par https:// ou http://, 200 caractères au plus.
custom-text-area-hint = 1 000 caractères au plus.

## Types de contact
nav-contact-types = Types de contact
contact-types-title = Types de contact
contact-types-intro = Un type ajoute au formulaire des champs propres à certains contacts.
contact-types-caption = Types de contact, dans l’ordre du formulaire
contact-types-empty = Aucun type de contact. Ajoutez-en un si certains contacts ont besoin d’autres champs.
contact-type-add = Ajouter un type
contact-type-name-hint = 100 caractères au plus, par exemple Prestataire.
contact-type-name-missing = Saisissez le nom du type
contact-type-name-taken = Un type porte déjà ce nom : choisissez-en un autre
contact-type-added = Type { $name } ajouté : donnez-lui maintenant ses champs.
contact-type-saved = Type { $name } enregistré.
contact-type-deleted = Type { $name } supprimé.
contact-type-edit = Modifier le type { $name }
contact-type-change = Modifier le type
contact-type-switch-off = Désactiver ce type
contact-type-switch-off-hint = il n’est plus proposé et ses champs sont masqués ; rien de ce qui a été saisi n’est perdu
contact-type-in-use = { $count ->
    [one] Suppression impossible : { $count } contact y perdrait quelque chose. Désactivez plutôt : tout est gardé.
   *[other] Suppression impossible : { $count } contacts y perdraient quelque chose. Désactivez plutôt : tout est gardé.
 }
contact-type-unused = Aucun contact n’y perd quoi que ce soit.

## Sources et identifiants
sources-title = Sources
sources-intro = Une source est un autre outil où vos contacts ont un identifiant : paie, facturation… La recherche trouve un contact par chacun de ses identifiants.
sources-empty = Aucune source. Ajoutez-en une pour noter les identifiants de vos contacts dans un autre outil.
source-add = Ajouter la source
source-name = Nom de la source
source-name-hint = Des lettres, des chiffres et des traits d’union, 50 au plus, par exemple SAP-RH.
source-name-missing = Saisissez le nom de la source
source-name-taken = Une source porte déjà ce nom : choisissez-en un autre
sources-too-many = Il y a déjà { $max } sources : supprimez-en une d’abord
source-added = Source { $name } ajoutée.
source-saved = Source { $name } enregistrée.
source-deleted = Source { $name } supprimée.
source-edit = Renommer la source { $name }
source-gone = Quelqu’un a supprimé cette source pendant votre saisie. Rien n’est perdu : ajoutez-la à nouveau, ou quittez cette page
source-unused = Aucun contact n’a d’identifiant dans cette source.
source-in-use = { $count ->
    [one] { $count } contact a un identifiant dans cette source : il sera supprimé aussi. L’historique du contact le garde.
   *[other] { $count } contacts ont un identifiant dans cette source : il sera supprimé aussi. L’historique de chaque contact le garde.
 }
external-ids-link = Identifiants
external-ids-title = Identifiants : { $name }
external-ids-text = Les identifiants de ce contact dans les autres outils, de 255 caractères au plus. La recherche le trouve par chacun d’eux.
external-ids-none = Il n’y a pas de source : un administrateur peut en ajouter dans le menu de son compte.
external-ids-saved = Identifiants enregistrés.
external-id-in = Identifiant dans { $source }
external-id-taken = Identifiant dans { $source } : { $name } l’a déjà. Corrigez-le, ou retirez-le d’abord de l’autre fiche.
external-id-in-trash = Identifiant dans { $source } : { $name } l’a déjà, dans la corbeille. Corrigez-le, ou supprimez d’abord l’autre fiche définitivement.
external-ids-again = Un identifiant vient d’être retiré d’un autre contact : enregistrez à nouveau
external-ids-source-gone = La source { $source } vient d’être renommée ou supprimée. Rien n’est encore enregistré ; vous y aviez saisi : { $value }
switched-on = Actif
switched-off = Désactivé
order = Ordre
move-up = Monter
move-down = Descendre
custom-fields-caption = Champs de ce type, dans l’ordre du formulaire
custom-fields-empty = Ce type n’a pas encore de champ.
custom-field-add = Ajouter un champ
custom-field-edit = Modifier le champ { $name }
custom-field-label = Libellé
custom-field-label-hint = Ce qui se lit au-dessus du champ ; 100 caractères au plus.
custom-field-label-missing = Saisissez le libellé du champ
custom-field-label-taken = Ce type a déjà un champ de ce nom : choisissez un autre libellé
custom-field-again = Un autre champ vient d’être ajouté au même moment : enregistrez à nouveau
custom-field-kind = Type de champ
custom-field-kind-hint = Il ne pourra plus être modifié. La recherche trouve les identifiants et les étiquettes.
custom-field-kind-step = Choisir ce type
custom-field-kind-fixed = Type de champ : { $kind }. Il ne peut plus être modifié.
custom-field-kind-missing = Choisissez le type du champ
custom-field-choices = Choix de la liste
custom-field-choices-hint = Un choix par ligne, 50 au plus, de 100 caractères au plus.
custom-field-choices-missing = Écrivez au moins un choix, un par ligne
custom-field-choices-too-many = La liste a plus de { $max } choix : retirez-en
custom-field-required = Obligatoire
custom-field-required-hint = demandé à chaque enregistrement d’un contact de ce type
custom-field-switch-off = Désactiver ce champ
custom-field-switch-off-hint = il est masqué ; rien de ce qui a été saisi n’est perdu
custom-field-saved = Champ { $name } enregistré.
custom-field-deleted = Champ { $name } supprimé.
effects-title = Ce que cela change pour les contacts
effects-nothing-lost = Rien de ce qui a été saisi n’est perdu.
effects-confirm = Confirmer
effect-hidden = { $count ->
    [one] { $count } contact : ce qui y est saisi sera masqué, et reviendra si vous réactivez.
   *[other] { $count } contacts : ce qui y est saisi sera masqué, et reviendra si vous réactivez.
 }
effect-shown = { $count ->
    [one] { $count } contact : ce qui y est saisi sera de nouveau visible.
   *[other] { $count } contacts : ce qui y est saisi sera de nouveau visible.
 }
effect-without = { $count ->
    [one] { $count } contact n’a rien dans ce champ : il restera tel quel, et le champ sera demandé à sa prochaine modification.
   *[other] { $count } contacts n’ont rien dans ce champ : ils resteront tels quels, et le champ sera demandé à leur prochaine modification.
 }
effect-former = { $count ->
    [one] { $count } contact garde un choix que vous retirez ; il ne sera plus proposé aux autres.
   *[other] { $count } contacts gardent un choix que vous retirez ; il ne sera plus proposé aux autres.
 }
kind-text = Texte (100 caractères)
kind-text-area = Texte long (1 000 caractères)
kind-identifier = Identifiant
kind-tag = Étiquettes
kind-integer = Nombre entier
kind-number = Nombre
kind-date = Date
kind-date-time = Date et heure
kind-check-box = Case à cocher
kind-list = Liste
kind-url = Adresse d’une page

## Session terminée
interrupted-title = Votre session a pris fin
interrupted-text = Connectez-vous à nouveau : ce que vous aviez saisi vous est rendu ensuite.
resume-title = Votre session est de nouveau ouverte
resume-text = Cette saisie n’est pas encore enregistrée. Si elle est de vous, reprenez : elle sera enregistrée sous votre nom.
resume-submit = Reprendre l’enregistrement
resume-drop = Abandonner
resume-secret = Un mot de passe ou un code n’est jamais gardé : saisissez-le à nouveau.
not-saved-text = Rien n’a été enregistré. Connectez-vous à nouveau : vous revenez ensuite à la page où vous étiez.
nothing-saved = Rien n’a été enregistré.
## Journal d’activité
audit-title = Journal d’activité
audit-intro = Qui a fait quoi et quand, le plus récent d’abord.
audit-export = Télécharger le journal (CSV)
audit-of-contact = Voir ce contact dans le journal d’activité
audit-contact = Contact
audit-contact-gone = contact supprimé définitivement
audit-person = Personne
audit-everybody = Tout le monde
audit-by-carnet = Carnet lui-même
audit-action = Action
audit-every-action = Toutes
audit-since = À partir du
audit-until = Jusqu’au (inclus)
audit-until-before-since = La fin est avant le début : vérifiez les deux dates
audit-nothing-found = Rien dans le journal ne correspond.
audit-nothing-found-hint = Élargissez les dates ou retirez un filtre.
audit-nothing-older = Fin de la liste.
audit-empty = Le journal est vide : tout ce qui sera fait désormais s’y inscrira.
audit-date = Date
audit-subject = Objet
audit-field = Champ
audit-old = Avant
audit-new = Après
history-phones-counts = relus : { $read } ; changés : { $changed }

## Paramètres
settings-title = Paramètres
settings-country-unknown = Choisissez un pays dans la liste
settings-saved = Paramètres enregistrés.
reading-title = Relecture des numéros : { $country }
reading-progress = Contacts relus : { $done } sur { $total }
reading-leave = Vous pouvez quitter cette page : le travail continue.
reading-done = Numéros relus : { $read } ; changés : { $changed }. Terminé le { $date }.
settings-country-hint = C’est le pays des numéros saisis sans indicatif, comme 01 10 20 30 40. Un numéro qui commence par + ou 00 indique lui-même son pays : il ne change pas.
settings-country-effect = Quand vous changez de pays, les numéros du carnet saisis sans indicatif sont relus. Ce qui a été saisi reste tel quel : seuls changent le numéro que le téléphone compose et celui que la recherche trouve.
settings-installation = Configuré au démarrage du serveur
settings-installation-hint = Seule la personne qui gère le serveur peut les changer, avec des options du programme : aucune page de Carnet ne les modifie.
settings-on = Activé
settings-off = Désactivé
settings-company = Compte de l’entreprise
settings-company-facts = Connexion par { $issuer } ; les rôles viennent de « { $claim } ».
settings-metrics = Métriques
settings-copies = Copies de secours
settings-copies-facts = { $count ->
    [one] Une par jour, la dernière est gardée dans
   *[other] Une par jour, les { $count } dernières sont gardées dans
 }
settings-latest-copy = Dernière copie de secours
settings-copy-none = Pas encore de copie.
settings-copy-late = en retard
settings-copy-unknown = Le dossier ne peut pas être lu
settings-backup = Dernière sauvegarde
settings-backup-none = Aucune sauvegarde connue. Carnet ne connaît que celles de la commande « carnet backup ».
settings-backup-postgres = Ce carnet est sur PostgreSQL : Carnet ne connaît pas ses sauvegardes (pg_dump ou autre). Vérifiez-les là où elles se font.
settings-time-and-age = { $date } ({ $age })
age-minutes = il y a moins d’une heure
age-hours = { $count ->
    [one] il y a une heure
   *[other] il y a { $count } heures
 }
age-days = { $count ->
    [one] il y a un jour
   *[other] il y a { $count } jours
 }
## Organisations
nav-organizations = Organisations
organizations-same-names = Organisations de même nom
organizations-same-names-hint = Ces noms ne diffèrent que par un caractère invisible, une apostrophe ou un accent. Renommez l’une des deux organisations, ou déplacez ses contacts et supprimez-la.
organizations-title = Organisations
organizations-caption = Organisations, par nom
organizations-total = { $count ->
    [0] Aucune organisation
    [one] { $count } organisation
   *[other] { $count } organisations
 }
organizations-search = Rechercher une organisation par son nom
organizations-all = Toutes les organisations
organizations-empty = Aucune organisation n’est encore dans le carnet.
organizations-empty-hint = Ajoutez les mairies, entreprises ou régies auxquelles vos contacts appartiennent.
organizations-nothing-found = Aucune organisation ne correspond.
organizations-nothing-found-hint = Vérifiez l’orthographe, ou cherchez par le début d’un seul mot du nom.
organizations-nothing-more = Fin de la liste.
organization-add = Ajouter une organisation
organization-edit = Modifier
organization-delete = Supprimer
organization-edit-title = Modifier { $name }
organization-form-note = Seul le nom est obligatoire.
organization-form-waiting = Le contact que vous saisissiez est gardé : vous y reviendrez ensuite.
organization-identity = Identité
organization-name-hint = 100 caractères au plus. Deux noms qui ne diffèrent que par les accents, les majuscules ou la ponctuation sont le même.
organization-name-missing = Saisissez le nom de l’organisation
organization-name-unreadable = Saisissez un nom qui contient au moins une lettre ou un chiffre
organization-name-taken = Une organisation porte déjà ce nom : utilisez celle-là, ou choisissez un autre nom
organization-see = Voir { $name }
organization-pick = Reprendre le contact avec { $name }
number-blocks = Numéros de l’organisation
number-blocks-hint = Facultatif. Les débuts de ses numéros, un par ligne, par exemple 01 42 68 : quand personne n’a le numéro qui appelle, l’organisation est affichée.
number-blocks-taken = Une autre organisation a déjà l’un de ces débuts de numéro
lookup-organization = Ce numéro est à { $name }.
organization-notes-hint = 32 000 caractères au plus ; les sauts de ligne sont gardés.
organization-added = Organisation { $name } ajoutée.
organization-added-for-contact = Organisation { $name } ajoutée et reprise dans ce formulaire : terminez le contact.
organization-picked-for-contact = Organisation { $name } reprise dans ce formulaire : terminez le contact.
organization-saved = Organisation enregistrée.
organization-gone = Quelqu’un a supprimé cette organisation pendant votre saisie. Rien n’est perdu : enregistrez pour l’ajouter à nouveau, ou annulez
organization-stale = Quelqu’un a enregistré cette organisation pendant votre saisie. Rien n’est perdu : comparez, corrigez au besoin, puis enregistrez à nouveau
organization-no-contacts = Aucun contact n’appartient à cette organisation.
organization-see-contacts = { $count ->
    [one] Voir le contact dans le carnet
   *[other] Voir les { $count } contacts
 }
organization-updated = Modifiée le { $date }
organization-updated-by = Modifiée le { $date } par { $name }
organization-delete-title = Supprimer { $name } ?
organization-delete-text = L’organisation sera supprimée définitivement du carnet.
organization-delete-confirm = Supprimer cette organisation
organization-has-contacts = Des contacts appartiennent maintenant à cette organisation : choisissez d’abord ce qu’ils deviennent
organization-members = { $count ->
    [one] { $count } contact appartient à cette organisation
   *[other] { $count } contacts appartiennent à cette organisation
 }
organization-members-in-trash = { $count ->
    [one] { $count } contact de la corbeille y appartient aussi : il sera traité de la même façon.
   *[other] { $count } contacts de la corbeille y appartiennent aussi : ils seront traités de la même façon.
 }
organization-members-first = Choisissez d’abord ce qu’ils deviennent.
organization-move-title = Les déplacer vers une autre organisation
organization-move-to = Leur nouvelle organisation
organization-move-found = { $name } est dans le carnet : vous pouvez y déplacer les contacts.
organization-move-none = Aucune autre organisation ne porte un nom proche.
organization-move-missing = Saisissez l’organisation où déplacer les contacts
organization-move-same = Saisissez une autre organisation que celle que vous supprimez
organization-move-submit = { $count ->
    [one] Déplacer le contact et supprimer l’organisation
   *[other] Déplacer les { $count } contacts et supprimer l’organisation
 }
organization-leave-title = Les laisser sans organisation
organization-leave-submit = { $count ->
    [one] Supprimer l’organisation sans déplacer le contact
   *[other] Supprimer l’organisation sans déplacer les { $count } contacts
 }
organization-deleted = Organisation { $name } supprimée.
organization-deleted-moved = { $count ->
    [one] Organisation { $name } supprimée ; { $count } contact appartient maintenant à { $target }.
   *[other] Organisation { $name } supprimée ; { $count } contacts appartiennent maintenant à { $target }.
 }
organization-deleted-left = { $count ->
    [one] Organisation { $name } supprimée ; { $count } contact est maintenant sans organisation.
   *[other] Organisation { $name } supprimée ; { $count } contacts sont maintenant sans organisation.
 }
contact-deleted = { $name } est dans la corbeille : on peut le restaurer pendant 30 jours.

## Corbeille et effacement
contact-was-deleted = { $name } est déjà dans la corbeille.
contact-is-back = { $name } est de retour dans le carnet.
trash-link = Corbeille
trash-title = Corbeille
trash-count = { $count ->
    [0] La corbeille est vide.
    [one] { $count } contact dans la corbeille
   *[other] { $count } contacts dans la corbeille
 }
trash-text = Un contact supprimé reste 30 jours dans la corbeille, puis il est supprimé définitivement.
trash-caption = Contacts supprimés, les derniers d’abord
trash-when = Supprimé
trash-by = Par
trash-left = Reste
trash-days = { $count ->
    [0] bientôt supprimé
    [one] { $count } jour
   *[other] { $count } jours
 }
trash-next = Supprimés plus tôt
trash-nothing-more = Fin de la liste.
trash-begin = Début de la corbeille
trash-empty = Vider la corbeille
trash-empty-title = { $count ->
    [0] Vider la corbeille ?
    [one] Supprimer définitivement { $count } contact ?
   *[other] Supprimer définitivement { $count } contacts ?
 }
trash-empty-text = Tout ce qui est dans la corbeille en ce moment sera supprimé définitivement : les fiches, leurs notes, les valeurs que garde l’historique, et leurs lignes dans les fichiers importés.
trash-empty-confirm = Supprimer définitivement
trash-was-empty = La corbeille était déjà vide.
erasures-title = Dernières suppressions définitives
erase-title = Supprimer définitivement { $name } ?
erase-text = C’est ce qu’il faut faire quand la personne demande l’effacement de ses données. Cette suppression ne peut pas être annulée.
erase-goes = Ce qui est effacé
erase-goes-contact = la fiche, avec tous ses champs et ses statuts ;
erase-goes-notes = les notes, ainsi que les formulaires commencés et les filtres enregistrés qui portent son nom, son adresse ou son numéro ;
erase-goes-history = dans l’historique, les anciennes et les nouvelles valeurs de ses champs ;
erase-goes-lines = dans les fichiers importés et leurs rapports, les lignes qui portent une de ses adresses e-mail ou un numéro qu’elle seule a, et celles sans adresse e-mail qui portent son prénom et son nom.
erase-stays = Ce qui reste
erase-stays-history = dans l’historique, qu’un contact sans nom a été ajouté, modifié et supprimé, quand et par qui ;
erase-stays-counts = les nombres de lignes des imports ;
erase-stays-others = ce qui a été écrit ailleurs : les notes et les champs d’autres fiches, les noms d’organisations, d’imports et d’utilisateurs ;
erase-stays-copies = ce que Carnet ne peut pas atteindre : les fichiers déjà téléchargés, et les sauvegardes jusqu’à leur remplacement.
erase-no-email = Cette fiche n’a pas d’adresse e-mail : dans les fichiers importés, ses lignes se reconnaissent à son numéro, à ses deux noms ou à une ancienne adresse.
erase-data-first = Télécharger d’abord ses données personnelles
erase-confirm = Supprimer définitivement ce contact
erase-confirm-hint = rien ne pourra la faire revenir
erase-confirm-missing = Cochez la case pour confirmer la suppression définitive, ou annulez
erase-submit = Supprimer définitivement
erase-at-once = Supprimer définitivement, sans passer par la corbeille
erase-unfinished = Un import en cours contient peut-être ce contact
erase-unfinished-text = S’il le contient et qu’il est appliqué, il l’ajoute de nouveau au carnet : il faudra le supprimer encore. Ses lignes sont effacées du fichier quand l’import est terminé ou abandonné.
erased = Contact supprimé définitivement.
erasure-one = Contact supprimé définitivement
erasure-trash = Vidage de la corbeille
erasure-by = Demandé le { $date } par { $name }
erasure-by-itself = Le { $date }, après 30 jours dans la corbeille
erasure-state = État
erasure-running = en cours
erasure-done = terminé le { $date }
erasure-short-done = terminé
erasure-counts = Ce qui a été effacé
erasure-contacts = { $count ->
    [0] contact
    [one] contact
   *[other] contacts
 }
erasure-notes = { $count ->
    [0] note
    [one] note
   *[other] notes
 }
erasure-history = { $count ->
    [0] valeur de l’historique
    [one] entrée de l’historique vidée de ses valeurs
   *[other] entrées de l’historique vidées de leurs valeurs
 }
erasure-lines = { $count ->
    [0] ligne de fichier importé
    [one] ligne de fichier importé
   *[other] lignes de fichiers importés
 }
erasure-files = { $count ->
    [0] Aucun fichier importé n’en contenait.
    [one] Ces lignes étaient dans { $count } fichier importé.
   *[other] Ces lignes étaient dans { $count } fichiers importés.
 }
erasure-rest = Les fichiers importés sont parcourus en arrière-plan. Vous pouvez quitter cette page.
erasure-refresh = Actualiser

## Toutes les données d’une personne
data-title = Données personnelles : { $name }
data-text = Tout ce que le carnet garde sur cette personne, pour répondre à sa demande. Le téléchargement est noté dans l’historique.
data-download = Télécharger les données (JSON)
data-details = Fiche
data-e164 = { $label }, numéro international
data-former = Champs qui ne sont plus affichés
data-number = Numéro du contact
data-created = Ajouté
data-created-by = le { $date } par { $name }
data-created-at = le { $date }
data-created-import = par l’import
data-updated = Modifié
data-deleted = Supprimé
data-last-import = Dernier import qui le contenait
data-notes = { $count ->
    [0] Aucune note
    [one] { $count } note
   *[other] { $count } notes
 }
data-history = { $count ->
    [0] Historique : aucune entrée
    [one] Historique : { $count } entrée
   *[other] Historique : { $count } entrées
 }
data-shown = Les { $shown } dernières sont affichées ; le fichier les contient toutes.
trash-emptied = Contacts supprimés définitivement de la corbeille.
erasure-waits-text = Leurs lignes sont effacées de son fichier quand il est terminé ou abandonné. S’il est appliqué, il ajoute de nouveau au carnet les contacts qu’il contient. Imports qui ne sont pas terminés :
erasure-waits = Un import qui n’est pas terminé contient peut-être ces contacts
contact-type-fields-gone = Un administrateur vient de retirer des champs que vous aviez remplis : ce qui y est saisi ne serait pas enregistré. Vérifiez, puis enregistrez à nouveau
contact-type-fill-in = Les champs du type { $name } sont affichés maintenant : remplissez-les, puis enregistrez
contact-points-nowhere = L’organisation ou le type choisi vient d’être supprimé : choisissez-en un autre, puis enregistrez
error-too-large = Le fichier dépasse la limite de { $limit }. Rien n’a été importé. Partagez la liste en plusieurs fichiers, ou demandez que la limite soit relevée.
error-too-large-form = Le formulaire dépasse la limite de { $limit }. Rien n’a été enregistré : revenez en arrière dans votre navigateur pour retrouver ce que vous aviez saisi, et raccourcissez-le.
error-too-large-title = Envoi trop volumineux
conflict-rebased = Pour ces champs, le formulaire ci-dessous garde votre saisie ; ce que l’autre personne seule a changé y est repris.

## Un travail arrêté
import-stands-still = L’import est bloqué
trouble-full = Le disque du serveur est plein. Le travail reprendra de lui-même dès qu’il y aura de la place. Rien n’est perdu : prévenez l’administrateur.
trouble-unavailable = La base de données ne répond pas. Le travail reprendra de lui-même dès qu’elle répondra. Rien n’est perdu.
trouble-fault = Une erreur est survenue. Carnet essaie à nouveau de lui-même, et rien n’est perdu. Si cela dure, donnez cette référence à l’administrateur : { $reference }.
import-preview = Montrer ce qui changera avant d’écrire
import-preview-hint = Vous voyez chaque contact, champ par champ, puis vous décidez.
import-title-deciding = { $name } : à vérifier
decide-title = Rien n’a encore été écrit.
decide-clean = { $count ->
    [0] Aucune ligne à importer : corrigez le fichier et renvoyez-le.
    [one] Regardez ci-dessous ce que fera la ligne, puis importez-la ou abandonnez.
   *[other] Regardez ci-dessous ce que feront les { $count } lignes, puis importez-les ou abandonnez.
 }
decide-nothing-changes = Le carnet contient déjà ces contacts tels quels : importer ne ferait que noter cet import dans leur colonne Importation.
decide-cancel = Abandonner
decide-emptied = { $count ->
    [one] { $count } valeur du carnet sera effacée : le fichier la laisse vide.
   *[other] { $count } valeurs du carnet seront effacées : le fichier les laisse vides.
 }
decide-emptied-see = Voir les contacts concernés
decide-checked = Vérifié avec le carnet du { $date }.
moved-title = Le carnet a changé.
moved-text = { $count ->
    [one] Depuis la vérification du { $date }, le carnet a changé : { $count } ligne ne ferait plus ce que vous avez vu. Regardez-la, puis décidez de nouveau.
   *[other] Depuis la vérification du { $date }, le carnet a changé : { $count } lignes ne feraient plus ce que vous avez vu. Regardez-les, puis décidez de nouveau.
 }
moved-see = Voir ce qui a changé
lines-created = Nouveaux contacts
lines-unchanged = Contacts inchangés
lines-moved = Lignes qui ne feraient plus ce que vous avez vu
lines-emptied = Contacts qui perdraient une valeur
lines-created-text = Ils ne sont pas dans le carnet. Ils seront Expert et, s’ils ont un e-mail, Copie, sauf si la liste dit autre chose.
lines-updated-text = Seuls les champs qui changent sont montrés. Le reste du contact ne change pas.
lines-unchanged-text = Le fichier contient exactement les mêmes valeurs que le carnet.
lines-moved-text = Voici ce que ces lignes feraient maintenant.
lines-emptied-text = Le fichier laisse vide un champ qui a une valeur dans le carnet. Pour la garder, abandonnez, complétez le fichier et renvoyez-le.
lines-empty = Aucune ligne dans cette liste.
lines-previous = Lignes précédentes
lines-next = Lignes suivantes
diff-field = Champ
diff-book = Dans le carnet
diff-file = Dans le fichier
diff-line = ligne { $line }
diff-new = nouveau contact
diff-unchanged = rien ne change
diff-outdated = modifié depuis la vérification
done-otherwise = Le carnet a changé pendant l’import. La vérification annonçait : ajoutés { $created }, mis à jour { $updated }, inchangés { $unchanged }, restaurés { $restored }.
import-outdated-flash = La vérification a été refaite depuis l’affichage de la page : regardez ce que l’import ferait maintenant, puis décidez.
history-import-confirmed = Import confirmé
history-import-cancelled = Import abandonné
lines-updated = Contacts à mettre à jour
lines-restored = Contacts à restaurer depuis la corbeille
lines-restored-text = Ils reviendront de la corbeille, avec leurs statuts et leurs notes, et avec les changements ci-dessous.
diff-gone = sera effacé
diff-restored = reviendra de la corbeille
## Annuler un import
import-title-undoing = { $name } : annulation en cours
import-title-undone = { $name } : import annulé
undo-link = Annuler cet import
undo-unknown = Cet import a été fait par une version de Carnet qui ne notait pas encore ce qu’elle changeait : il ne peut pas être annulé.
undo-title = Annuler l’import { $name } ?
undo-will-withdraw = { $count ->
    [one] Un contact qu’il a ajouté va à la corbeille, d’où l’on peut le restaurer pendant 30 jours.
   *[other] { $count } contacts qu’il a ajoutés vont à la corbeille, d’où l’on peut les restaurer pendant 30 jours.
 }
undo-will-revert = { $count ->
    [one] Le contact qu’il a mis à jour retrouve ses anciennes valeurs.
   *[other] Les { $count } contacts qu’il a mis à jour retrouvent leurs anciennes valeurs.
 }
undo-will-trash-again = { $count ->
    [one] Le contact qu’il avait sorti de la corbeille y retourne.
   *[other] Les { $count } contacts qu’il avait sortis de la corbeille y retournent.
 }
undo-elsewhere = { $count ->
    [one] Un contact de la liste a été repris depuis par un autre import, ou n’est plus dans le carnet : il reste où il est. Si c’est cet autre import qu’il faut défaire aussi, annulez-le également.
   *[other] { $count } contacts de la liste ont été repris depuis par un autre import, ou ne sont plus dans le carnet : ils restent où ils sont. Si c’est cet autre import qu’il faut défaire aussi, annulez-le également.
 }
undo-keeps = Les contacts que quelqu’un a modifiés depuis sont gardés avec ces modifications ; la page vous en donne la liste. Un statut attribué depuis n’est pas une modification : un contact que l’import a ajouté va à la corbeille avec ses statuts, et les retrouve si on le restaure. Les autres contacts gardent leurs statuts.
undo-frees-name = Le nom de l’import redevient disponible.
undo-confirm = Annuler cet import
undo-not = Garder cet import
undo-done-flash = Import annulé.
progress-undoing = Contacts traités : { $done } sur { $total }
undone-title = Ce que l’annulation a fait
undone-facts = Import annulé le { $date }. Son nom est de nouveau disponible.
undone-facts-by = Import annulé le { $date } par { $by }. Son nom est de nouveau disponible.
undone-withdrawn = mis à la corbeille
undone-reverted = { $count ->
    [one] revenu à ses anciennes valeurs
   *[other] revenus à leurs anciennes valeurs
 }
undone-kept = { $count ->
    [one] gardé
   *[other] gardés
 }
undone-untouched = { $count ->
    [one] déjà à la corbeille ou supprimé
   *[other] déjà à la corbeille ou supprimés
 }
undone-released = { $count ->
    [one] n’avait pas changé
   *[other] n’avaient pas changé
 }
undone-see-trash = Voir la corbeille
undone-import-did = Ce que l’import avait fait
kept-title = Contacts gardés
kept-text = Quelqu’un les a modifiés depuis, ou un import plus récent les contient. Ce que personne n’a retouché a retrouvé son ancienne valeur.
kept-in-trash = à la corbeille
kept-held-by = repris par l’import
kept-note = une note y a été ajoutée
kept-nothing = plus rien n’y diffère
kept-before = Avant l’import :
kept-imported = Dans l’import :
kept-today = Aujourd’hui :
kept-next = Contacts gardés suivants
history-contact-withdrawn = Contact mis à la corbeille par l’annulation d’un import
history-contact-reverted = Anciennes valeurs remises par l’annulation d’un import
history-import-undo-started = Annulation d’un import commencée
history-import-undone = Import annulé
## La liste des imports
imports-total = { $count ->
    [one] { $count } import
   *[other] { $count } imports
 }
imports-every-state = Tous
imports-waiting = { $count ->
    [one] { $count } import à décider
   *[other] { $count } imports à décider
 }
imports-refused = { $count ->
    [one] { $count } fichier refusé
   *[other] { $count } fichiers refusés
 }
imports-filter = Filtrer les imports
imports-older = Imports plus anciens
imports-newer = Imports plus récents
imports-nothing-older = Fin de la liste.
imports-nothing-found = Aucun import ne correspond à ces filtres.
imports-nothing-found-hint = Raccourcissez le nom, élargissez les dates ou retirez un filtre.
import-by-command-line = ligne de commande
import-next-column = À faire
import-follow = Suivre
import-decide = Décider
import-contacts = Voir les contacts
import-why = Voir pourquoi
state-undone = Annulé
state-undoing = Annulation en cours
nothing-written = Rien n’a été écrit.
words-lines = { $count ->
    [one] { $count } ligne
   *[other] { $count } lignes
 }
words-valid = { $count ->
    [one] { $count } valide
   *[other] { $count } valides
 }
words-count = { $count } { $words }
words-superseded = { $count } en double
words-rejected = { $count ->
    [one] { $count } refusée
   *[other] { $count } refusées
 }
words-skipped = { $count ->
    [one] { $count } ignorée
   *[other] { $count } ignorées
 }
words-file = { $lines } : { $counts }.

## Le fichier d’un import
history-import-file-downloaded = Fichier d’un import téléchargé
file-download = Télécharger le fichier d’origine
technical-title = Détails techniques
technical-file = Fichier
technical-size = Taille
technical-bytes = { $count ->
    [one] { $count } octet
   *[other] { $count } octets
 }
technical-encoding = Encodage
file-raw = tel qu’il a été reçu : un tableur exécuterait les formules qu’il contient
file-dropped = Le fichier d’origine a été supprimé le { $date }, avec les valeurs de ses lignes refusées ; le reste de cette page ne change pas.
file-dropped-title = Fichier supprimé
file-dropped-text = Le fichier de l’import { $name } a été supprimé le { $date } : Carnet ne garde les fichiers importés qu’un certain temps. Le compte rendu de l’import reste.
file-dropped-way = Revenir à l’import
value-dropped = (supprimée avec le fichier)
decided-confirmed = Import confirmé par { $by }.
decided-cancelled = Import abandonné par { $by }.
done-see = { $count ->
    [0] Voir les contacts de cet import
    [one] Voir le contact de cet import et lui attribuer ses statuts
   *[other] Voir les contacts de cet import et leur attribuer leurs statuts
 }
done-text = { $count ->
    [0] Import terminé : rien n’a changé dans le carnet.
    [one] Import terminé : { $count } contact ajouté ou modifié.
   *[other] Import terminé : { $count } contacts ajoutés ou modifiés.
 }
done-rejected = { $count ->
    [one] { $count } ligne n’a pas été importée.
   *[other] { $count } lignes n’ont pas été importées.
 }
done-changed = Voir ce qui a changé
changed-title = Ce que cet import a changé
changed-text = Les anciennes et les nouvelles valeurs viennent de l’historique.
changed-close = Fermer cette liste
changed-before = Avant
changed-after = Après
changed-erased = contact supprimé définitivement
changed-next = Contacts suivants

## La ligne de commande
import-stopped = { $rejected ->
    [one] Rien n’a été écrit : { $rejected } ligne est refusée. Corrigez-la, ou importez les autres avec --on-error import-valid.
   *[other] Rien n’a été écrit : { $rejected } lignes sont refusées. Corrigez-les, ou importez les autres avec --on-error import-valid.
 }
command-done = Import « { $name } » terminé. { $counts }
command-preview = Aperçu, rien n’a été écrit. { $counts }
command-checking = Vérification
command-applying = Import
command-progress = { $import } – { $phase } : { $progress }
progress-left-minutes = { $minutes ->
    [one] encore environ { $minutes } minute
   *[other] encore environ { $minutes } minutes
 }
outlook-created = Ligne { $line }, à ajouter : { $values }
outlook-updated = Ligne { $line }, à mettre à jour : { $name }
outlook-restored = Ligne { $line }, à restaurer depuis la corbeille : { $name }
outlook-change = { $field } : { $old } → { $new }
again-done = Ce fichier a déjà été importé le { $date } sous le nom « { $name } ». Pour l’importer à nouveau : --again.
again-running = Ce fichier est déjà en cours d’import sous le nom « { $name } ».
again-waiting = L’import « { $name } » de ce fichier attend une décision sur sa page, { $page }. Rien n’est encore écrit.
interrupted = Interrompu. L’import « { $name } » continue sur le serveur s’il tourne, sinon à son prochain démarrage. Sa page : { $page }
interrupted-preview = Interrompu. L’aperçu est abandonné ; rien n’a été écrit.
command-no-file = Le fichier { $path } n’existe pas. Vérifiez son nom et le dossier.
command-unreadable = Le fichier { $path } ne peut pas être lu ({ $cause }). Vérifiez que c’est un fichier et que vous y avez accès.
command-no-database = Il n’y a pas de base de données à { $path }. Indiquez le bon fichier avec --database-url, ou créez un nouveau carnet avec « carnet migrate ».
command-unavailable = La base de données ne répond pas ou ne peut pas être ouverte ({ $cause }). Vérifiez qu’elle est démarrée et que son adresse est la bonne, puis recommencez.
command-storage-full = Le disque de la base de données est plein : faites de la place et recommencez.
command-failed = Une erreur de Carnet a arrêté la commande ({ $cause }).
progress-applying = { $done ->
    [one] { $done } ligne sur { $total }
   *[other] { $done } lignes sur { $total }
 }
fault-other-encoding = des caractères que l’encodage du reste du fichier ne permet pas
fault-other-encoding-cure = Enregistrez tout le fichier en UTF-8.

## Fichiers à lire autrement
wrong-title = Ce qui ne va pas
wrong-workbook = C’est un classeur (Excel ou LibreOffice), pas un fichier CSV.
wrong-document = C’est un document de traitement de texte, pas un fichier CSV.
wrong-pdf = C’est un PDF, pas un fichier CSV.
wrong-image = C’est une image, pas un fichier CSV.
wrong-archive = C’est une archive compressée, pas un fichier CSV.
wrong-vcard = Ce sont des cartes de visite (vCard, .vcf), pas un fichier CSV.
wrong-calendar = C’est un agenda (.ics), pas un fichier CSV.
wrong-html = C’est une page web (HTML), pas un fichier CSV.
wrong-xml = C’est un fichier XML, pas un fichier CSV.
wrong-json = Ce sont des données JSON, pas un fichier CSV.
wrong-old-mac = C’est un texte dont les lignes se terminent comme sur un ancien Mac (retour chariot seul, CR) : il se lit comme une seule ligne.
wrong-binary = Ce n’est pas du texte : ce fichier ne peut pas être une liste CSV.
wrong-list = C’est une liste { $parts }.
wrong-at = ligne { $line }, octet { $byte }
wrong-mixed = en UTF-8 par endroits seulement ({ $place })
wrong-not-utf8 = dans un encodage qui n’est pas UTF-8 ({ $place })
wrong-encoding = en { $encoding }, pas en UTF-8 ({ $place })
wrong-separator = séparée par { $sign }, pas par des virgules ({ $place })
wrong-skip = { $count ->
    [one] avec une ligne au-dessus des destinataires
   *[other] avec { $count } lignes au-dessus des destinataires
 }
wrong-columns = avec les colonnes dans un autre ordre (ligne { $line })
wrong-order = Il faut : { $columns }.
wrong-fields = { $count ->
    [one] d’une colonne au lieu de huit
   *[other] de { $count } colonnes au lieu de huit
 }
wrong-phones = { $count ->
    [one] avec des espaces ou d’autres signes dans un numéro de téléphone
   *[other] avec des espaces ou d’autres signes dans { $count } numéros de téléphone
 }
wrong-zeros = { $count ->
    [one] avec un numéro de téléphone qui a perdu son zéro
   *[other] avec { $count } numéros de téléphone qui ont perdu leur zéro
 }
wrong-cut = { $count ->
    [one] avec un numéro de téléphone que le tableur a abrégé (1,1E+08) et dont des chiffres sont perdus
   *[other] avec { $count } numéros de téléphone que le tableur a abrégés (1,1E+08) et dont des chiffres sont perdus
 }
wrong-rows = Les premières lignes
wrong-rows-read = Les premières lignes, après conversion
wrong-column = Colonne { $number }
wrong-how = Comment l’enregistrer correctement
wrong-excel = Excel
wrong-calc = LibreOffice
cure-save-excel = Fichier, Enregistrer sous, type « CSV UTF-8 (délimité par des virgules) ». En français, Excel y met des points-virgules : envoyez le fichier tel quel, Carnet propose alors de le convertir.
cure-save-calc = Fichier, Enregistrer sous, type « Texte CSV », cochez « Éditer les paramètres du filtre ». Puis jeu de caractères « Unicode (UTF-8) » et séparateur de champ « , ».
cure-columns-excel = Gardez huit colonnes dans l’ordre du modèle : clic droit sur l’en-tête d’une colonne, Insérer ou Supprimer ; Couper puis Insérer les cellules coupées pour la déplacer. Retirez les lignes au-dessus des noms et les virgules des adresses, puis Fichier, Enregistrer sous, « CSV UTF-8 ».
cure-columns-calc = Gardez huit colonnes dans l’ordre du modèle : clic droit sur l’en-tête d’une colonne, Insérer ou Supprimer des colonnes ; faites-la glisser en tenant Alt pour la déplacer. Retirez les lignes au-dessus des noms et les virgules des adresses, puis Fichier, Enregistrer sous, « Texte CSV ».
cure-phones-excel = N’ouvrez pas le fichier d’un double clic : Données, À partir d’un fichier texte/CSV, Transformer les données, puis type « Texte » pour la colonne Téléphone. Écrivez les chiffres à la suite (0110203040), puis Fichier, Enregistrer sous, « CSV UTF-8 ».
cure-phones-calc = À l’ouverture, dans « Import de texte », cliquez sur la colonne Téléphone et choisissez le type de colonne « Texte ». Écrivez les chiffres à la suite (0110203040), puis Fichier, Enregistrer sous, « Texte CSV ».
cure-other = Exportez la liste au format CSV depuis le programme d’où elle vient, ou ouvrez-la dans un tableur.
read-so = Convertir et continuer
read-so-how = Conversion : { $how }.
read-so-hint = Rien n’est écrit : vous voyez d’abord le résultat. Cette conversion ne vaut que pour ce fichier.
read-so-new = Un nouvel import du même fichier est créé : rien n’est écrit tant que vous n’avez pas vu le résultat.
read-as = Fichier lu ainsi : { $how }.
read-so-gone = La conversion proposée a changé : vérifiez-la avant de continuer.
read-so-name-hint = Sans espace ; il s’affichera dans la colonne Importation.
how-encoding = en { $encoding }
how-separator = séparé par { $sign }
how-skip = { $count ->
    [one] sans sa première ligne
   *[other] sans ses { $count } premières lignes
 }
how-columns = colonnes remises dans l’ordre
how-phones = téléphones sans espaces ni signes
how-zeros = zéro rendu aux téléphones
sign-comma = des virgules
sign-semicolon = des points-virgules
sign-tab = des tabulations
sign-pipe = des barres verticales
history-import-read-again = Fichier d’import converti
refused-as-is = Ce fichier ne peut pas être importé tel quel
again-undoing = L’import « { $name } » de ce fichier est en cours d’annulation. Recommencez quand elle sera terminée.

## Les personnes : absence, compétences, vérification
history-absence-edited = Absence modifiée
history-expertise-edited = Spécialités ou langues modifiées
history-contact-checked = Contact vérifié
absence-link = Absence
absence-text = Le premier et le dernier jour sont inclus. Les agents qui cherchent ce contact voient jusqu’à quand dure l’absence, et qui le remplace.
absence-from = Premier jour d’absence
absence-until = Dernier jour d’absence
absence-date-hint = Par exemple 30/06/2026.
absence-from-missing = Indiquez le premier jour d’absence
absence-until-missing = Indiquez le dernier jour d’absence
absence-until-before-from = Le dernier jour est avant le premier : vérifiez les deux dates
absence-substitute = Remplacement
absence-stands-in = Remplacement :
absence-substitute-unnamed = contact qui n’est plus dans le carnet
absence-substitute-label = Remplacement (facultatif)
absence-substitute-hint = L’e-mail ou le nom d’un contact du carnet.
absence-substitute-none = Personne ne porte ce nom ou cet e-mail dans le carnet : vérifiez, ou laissez le champ vide
absence-substitute-self = Ce contact ne peut pas se remplacer lui-même : choisissez quelqu’un d’autre
absence-substitute-several = Plusieurs contacts portent ce nom : choisissez ci-dessous, ou saisissez son e-mail
absence-substitute-choose = Quel contact ?
absence-substitute-more = Il y en a d’autres : saisissez l’e-mail si la bonne personne n’est pas ici.
absence-substitute-gone = Ce contact vient de quitter le carnet : choisissez quelqu’un d’autre
absence-end = Mettre fin à l’absence
absence-saved = Absence enregistrée.
absence-saved-past = Absence enregistrée : elle est déjà passée et ne s’affiche pas.
absence-ended = L’absence a pris fin.
absence-now = Absent jusqu’au { $until }
absence-short = absence → { $until }
absence-now-woman = Absente jusqu’au { $until }
absence-now-neutral = Absence jusqu’au { $until }
absence-coming = Absent du { $from } au { $until }
absence-coming-woman = Absente du { $from } au { $until }
absence-coming-neutral = Absence du { $from } au { $until }
expertise-link = Spécialités et langues
expertise-text = Ces mots permettent aux agents de trouver qui sait quoi, et qui parle quelle langue.
expertise-topics = Spécialités
expertise-topics-hint = Une spécialité par ligne, ou séparées par des virgules : 10 au plus, de 100 caractères chacune. Par exemple : naturalisation, livret de famille.
expertise-languages = Langues
expertise-languages-hint = Une langue par ligne, ou séparées par des virgules : 10 au plus, de 50 caractères chacune.
expertise-too-many-topics = Spécialités : gardez-en { $max } au plus
expertise-too-many-languages = Langues : gardez-en { $max } au plus
expertise-saved = Spécialités et langues enregistrées.
expertise-topic-link = Voir les contacts qui ont cette spécialité : { $topic }
expertise-language-link = Voir les contacts qui parlent cette langue : { $language }
checked-at = Vérifié le { $date }
checked-by = Vérifié le { $date } par { $name }
checked-never = Jamais vérifié
check-submit = Confirmer les informations
check-done = { $name } : informations confirmées.
unchecked-title = Contacts à vérifier
unchecked-link = À vérifier
unchecked-text = Personne n’a vérifié ces contacts depuis un an. Si les informations sont toujours exactes, confirmez-les ; sinon, ouvrez le contact pour le corriger.
unchecked-caption = Contacts que personne n’a vérifiés depuis un an, les plus anciens d’abord
unchecked-when = Dernière vérification
unchecked-created = jamais, ajouté le { $date }
unchecked-none = Tous les contacts ont été vérifiés ou ajoutés depuis moins d’un an.
unchecked-nothing-more = Fin de la liste.
recent-title = Mes contacts récents
recent-none = Les contacts que vous ouvrez se retrouvent ici, le dernier en premier.
favourites-title = Favoris
favourites-none = Marquez d’une étoile les contacts que vous appelez souvent : ils se retrouvent ici.
favourite-add = Ajouter aux favoris
favourite-remove = Retirer des favoris
favourite-added = { $name } est dans vos favoris.
favourite-removed = { $name } n’est plus dans vos favoris.
favourites-full = Vous avez déjà { $count } favoris : retirez-en un d’abord.
message-choose = Choisir
message-bar = Contacts sélectionnés
message-to = Écrire (À)
message-cc = Mettre en copie (Cc)
message-copy = Copier les adresses
message-cards = Télécharger les cartes (vCard)
message-to-title = { $count ->
    [one] Écrire à { $count } contact
   *[other] Écrire à { $count } contacts
 }
message-cc-title = { $count ->
    [one] Mettre { $count } contact en copie
   *[other] Mettre { $count } contacts en copie
 }
message-copy-title = { $count ->
    [one] L’adresse de { $count } contact
   *[other] Les adresses de { $count } contacts
 }
message-nobody-title = Aucun contact sélectionné
message-nobody = Revenez à la liste, cochez des contacts, puis choisissez ce que vous voulez faire.
message-nobody-reached = Aucun des contacts cochés n’a d’adresse e-mail.
message-open = Ouvrir dans ma messagerie
message-open-hint = Si rien ne s’ouvre, copiez les adresses ci-dessous dans votre message.
message-commas = Adresses séparées par des virgules
message-semicolons = Adresses séparées par des points-virgules (Outlook)
message-people = Destinataires
message-absent = { $count ->
    [one] Un contact est absent
   *[other] { $count } contacts sont absents
 }
message-without = { $count ->
    [one] Un contact n’a pas d’e-mail
   *[other] { $count } contacts n’ont pas d’e-mail
 }
message-gone = { $count ->
    [one] Un contact n’est plus dans le carnet : il est laissé de côté.
   *[other] { $count } contacts ne sont plus dans le carnet : ils sont laissés de côté.
 }
message-too-many = { $count ->
    [one] Un message va à { $max } contacts au plus : un autre est laissé de côté.
   *[other] Un message va à { $max } contacts au plus : { $count } autres sont laissés de côté.
 }
message-back = Revenir à la liste
card-download = Carte (.vcf)
card-download-outlook = Carte pour Outlook

## La liste : filtres, tri, filtres enregistrés
filter-topic = Spécialité
filter-language = Langue
filter-words = { $label } : { $value }
filter-everybody = tout le carnet
sort-updated = Dernières modifications
choices-title = Filtrer par : { $filter }
choices-several = Cochez une ou plusieurs valeurs
choices-among = Parmi : { $filter }
choices-find = Commence par
choices-none = Aucune valeur à choisir ici.
choices-back = Retour à la liste
choices-count = { $count }
saved-filters = Filtres enregistrés
saved-filters-manage = Gérer ces filtres
saved-filters-none = Aucun filtre n’est encore enregistré : filtrez la liste, puis « Enregistrer ce filtre ».
saved-filter-save = Enregistrer ce filtre
saved-filter-name-hint = 50 caractères au plus. Par exemple : Experts de Lyon.
saved-filter-name-missing = Saisissez un nom pour ce filtre
saved-filter-name-taken = Un autre filtre porte déjà ce nom : choisissez un autre nom
saved-filter-too-many = Il y a déjà { $max } filtres enregistrés : supprimez-en un d’abord
saved-filter-share = Partager avec l’équipe
saved-filter-share-hint = Toute l’équipe le verra au-dessus de la liste.
saved-filter-shared = partagé avec l’équipe
saved-filter-saved = Filtre « { $name } » enregistré.
saved-filter-deleted = Filtre « { $name } » supprimé.
saved-filter-edit = Renommer ou supprimer
saved-filter-edit-title = Filtre « { $name } »
saved-filter-delete = Supprimer ce filtre
saved-filter-delete-hint = Les contacts restent ; seul le filtre disparaît.
saved-filter-delete-shared-hint = Les contacts restent ; le filtre disparaît pour toute l’équipe.

## Modifier tous les résultats
bulk-link = { $count ->
    [one] Modifier le résultat…
   *[other] Modifier les { $count } résultats…
 }
bulk-link-all = Modifier tous les résultats…
bulk-title = Modifier tous les résultats
bulk-text = Rien n’est modifié sur cette page : la suivante annonce ce qui va changer et demande confirmation.
bulk-statuses-hint = Copie et Transfert nécessitent un e-mail.
bulk-leave = Ne pas modifier
bulk-tick = Attribuer
bulk-untick = Retirer
bulk-statuses-submit = Modifier les statuts…
bulk-statuses-missing = Choisissez au moins un statut à attribuer ou à retirer
bulk-organization-label = Leur organisation
bulk-organization-hint = Le nom d’une organisation du carnet.
bulk-organization-submit = Attribuer cette organisation…
bulk-no-organization-submit = Retirer l’organisation…
bulk-topics-label = Leurs spécialités
bulk-topics-hint = Séparez-les par des virgules.
bulk-topics-add = Ajouter ces spécialités…
bulk-topics-remove = Retirer ces spécialités…
bulk-topics-missing = Saisissez au moins une spécialité
bulk-topics-added = Spécialités ajoutées : { $topics }
bulk-topics-removed = Spécialités retirées : { $topics }
bulk-count-full = { $count ->
    [one] a déjà trop de spécialités
   *[other] ont déjà trop de spécialités
 }
bulk-delete-submit = Mettre à la corbeille…
bulk-latest = Dernières modifications groupées
bulk-status-on = Statut { $status } : attribué
bulk-status-off = Statut { $status } : retiré
bulk-organization = Organisation : { $name }
bulk-no-organization = Organisation : retirée
bulk-delete = Mise à la corbeille, pour 30 jours
bulk-confirm-title = Confirmer la modification
bulk-without-email = { $count ->
    [one] Un contact n’a pas d’e-mail : il ne peut être ni en Copie ni en Transfert, et garde ces statuts comme ils sont.
   *[other] { $count } contacts n’ont pas d’e-mail : ils ne peuvent être ni en Copie ni en Transfert, et gardent ces statuts comme ils sont.
 }
bulk-without-email-some = Les contacts sans e-mail ne peuvent être ni en Copie ni en Transfert : ils gardent ces statuts comme ils sont, et le résultat dit combien ils sont.
bulk-can-undo = La modification pourra être annulée depuis la page de son résultat.
bulk-confirm = { $count ->
    [one] Modifier ce contact
   *[other] Modifier ces { $count } contacts
 }
bulk-confirm-all = Modifier tous ces contacts
bulk-confirm-delete = { $count ->
    [one] Mettre ce contact à la corbeille
   *[other] Mettre ces { $count } contacts à la corbeille
 }
bulk-confirm-delete-all = Mettre tous ces contacts à la corbeille
confirm-changed-title = Ce qui a changé
confirm-changed = La confirmation portait sur { $before } ; maintenant : { $now }. Rien n’a été fait : vérifiez, puis confirmez à nouveau
confirm-others = La confirmation portait sur { $before }, et ce ne sont plus les mêmes. Rien n’a été fait : vérifiez, puis confirmez à nouveau
confirm-came = Ajoutés depuis :
confirm-left = Partis depuis :
confirm-more = Seuls les premiers sont nommés.
bulk-not-done = Rien n’a été changé
bulk-ask-again = Vérifier et confirmer à nouveau
bulk-running = Modification en cours
bulk-done = Modification terminée
bulk-undoing = Annulation en cours
bulk-undone = Modification annulée
bulk-facts = Le { $date }
bulk-facts-by = Le { $date } par { $by }
bulk-about = Contacts : { $filter }
bulk-stands-still = La modification est bloquée
bulk-gathering = { $count ->
    [one] Recherche des contacts : { $count } trouvé
   *[other] Recherche des contacts : { $count } trouvés
 }
bulk-progress = Contacts traités : { $done } sur { $total }
bulk-leave-page = Vous pouvez quitter cette page : le travail continue, même si le serveur redémarre.
bulk-count-changed = { $count ->
    [one] modifié
   *[other] modifiés
 }
bulk-count-unchanged = déjà ainsi, ou plus dans le carnet
bulk-count-refused = { $count ->
    [one] sans e-mail, modifié en partie
   *[other] sans e-mail, modifiés en partie
 }
bulk-count-restored = remis comme avant
bulk-count-kept = { $count ->
    [one] gardé, car modifié depuis
   *[other] gardés, car modifiés depuis
 }
bulk-undo = Annuler cette modification
bulk-undo-hint = Chaque contact retrouve ses anciennes valeurs, sauf celles que quelqu’un a modifiées depuis.
bulk-done-flash = La modification est terminée.
bulk-undone-flash = La modification est annulée.
history-bulk-started = Modification groupée
history-bulk-undo-started = Modification groupée annulée
history-filter-saved = Filtre enregistré
history-filter-edited = Filtre renommé
history-filter-deleted = Filtre supprimé
history-contacts-exported = Contacts exportés
history-export-left-out = Contacts laissés hors du fichier à réimporter
export-link = Exporter…

## Exporter
export-title = Exporter ces contacts
export-xlsx = Excel (.xlsx)
export-xlsx-text = Toutes les colonnes, prêtes à trier et à filtrer. Les numéros et les codes postaux gardent leurs zéros, les dates sont de vraies dates. Aucune formule ne s’y exécute.
export-xlsx-download = Télécharger le fichier Excel
export-xlsx-refused = Trop de contacts pour un fichier Excel
export-xlsx-limit = Cette page prépare un fichier Excel de { $limit } contacts au plus. Choisissez moins de contacts avec un filtre, prenez le tableau complet (CSV), ou demandez le fichier à la personne qui administre le serveur : la commande « carnet export --format xlsx » n’a pas de limite.
export-xlsx-filter = Filtrer les contacts
export-sheet = Contacts
export-cut = {" "}[…] (suite dans le tableau CSV)
export-full = Tableau complet (CSV)
export-full-text = Les mêmes colonnes en texte, pour tous les tableurs et sans limite. Aucune formule ne s’y exécute.
export-full-download = Télécharger le tableau
export-strict = Fichier à réimporter
export-strict-text = Les huit colonnes du format d’import, sans en-tête. Les réimporter ne change rien. Les formules n’y sont pas neutralisées : pour un tableur, prenez le tableau complet.
export-strict-download = Télécharger le fichier d’import
export-left-out = { $count ->
    [one] Un contact ne tient pas dans le fichier d’import et n’y est pas.
   *[other] { $count } contacts ne tiennent pas dans le fichier d’import et n’y sont pas.
 }
export-left-out-first = { $count ->
    [one] Parmi les { $first } premiers contacts, un ne tient pas dans le fichier d’import et n’y sera pas.
   *[other] Parmi les { $first } premiers contacts, { $count } ne tiennent pas dans le fichier d’import et n’y seront pas.
 }
export-left-out-why = Sans e-mail, avec une virgule, un nom de plus de 20 caractères ou un numéro de poste, un contact ne peut pas être réimporté à l’identique.
export-vcard = Cartes de visite (vCard 4)
export-vcard-text = Pour un téléphone ou un logiciel de messagerie.
export-vcard-download = Télécharger les cartes
export-number = Numéro
export-book = Carnet d’origine
export-created = Créé le
export-updated = Modifié le
export-checked = Vérifié le
export-unwritable = Le fichier { $path } ne peut pas être écrit ({ $cause }). Vérifiez le dossier et vos droits.
history-export-full = tableau complet
history-export-xlsx = fichier Excel
history-export-strict = fichier à réimporter
history-export-vcard = cartes de visite

## Recherche
list-suggestions = Vouliez-vous dire :
suggestion-many = plus de { $count } contacts

## Doublons
history-contact-merged = Fusionné avec un doublon
history-contact-merged-away = Fusionné dans un autre contact
history-merge-undone = Fusion annulée
history-duplicates-searched = Doublons cherchés
history-duplicate-dismissed = Déclaré distinct d’un autre contact
history-duplicate-reopened = De nouveau proposé comme doublon
duplicates-title = Doublons
duplicates-never = Les doublons n’ont pas encore été cherchés
duplicates-count = { $count ->
    [0] Aucun doublon possible
    [one] Un doublon possible
   *[other] { $count } doublons possibles
 }
duplicates-more-than = Plus de { $count } doublons possibles
duplicates-search = Chercher les doublons
duplicates-search-again = Chercher à nouveau
duplicates-searching = Recherche des doublons : { $percent } %
duplicates-searched = La recherche des doublons est terminée.
duplicates-last = Dernière recherche : { $date }.
duplicates-last-by = Dernière recherche : { $date }, par { $name }.
duplicates-marked = Surligné : identique. Barré : ne sera pas gardé par « Fusionner », sauf l’adresse e-mail, qui retrouvera encore le contact.
duplicates-given-up = (ne sera pas gardé)
duplicates-remains = Gardé
duplicates-field = { $label } :
duplicates-none = Aucun doublon à examiner.
duplicates-what = La recherche rapproche les contacts qui ont le même téléphone, la même adresse e-mail, ou presque le même nom dans une même organisation, un même service ou une même ville.
duplicates-nothing-more = Fin de la liste.
duplicates-next = Doublons suivants
duplicates-certain = Presque certain
duplicates-likely = Probable
duplicates-possible = Possible
duplicates-same-email = même adresse e-mail
duplicates-same-phone = même téléphone
duplicates-same-name = même nom
duplicates-swapped-name = prénom et nom inversés
duplicates-near-name = nom presque identique
duplicates-initial = même nom, initiale du prénom
duplicates-same-organization = même organisation
duplicates-same-service = même service
duplicates-same-city = même ville
duplicates-dismiss = Garder les deux
duplicates-dismissed-flash = C’est noté : ces deux contacts ne seront plus proposés.
duplicates-see-dismissed = Voir les contacts déclarés distincts
duplicates-dismissed-title = Contacts déclarés distincts
duplicates-dismissed-text = Ces contacts se ressemblent, mais quelqu’un a dit que ce ne sont pas les mêmes personnes.
duplicates-dismissed-none = Aucun contact n’a été déclaré distinct d’un autre.
duplicates-reopen = Proposer à nouveau
duplicates-reopened-flash = Ces deux contacts sont de nouveau proposés.
duplicates-shared = Numéros communs
duplicates-shared-text = Trop de contacts ont ces numéros pour qu’ils indiquent un doublon : il s’agit sans doute d’un standard.
duplicates-shared-by = { $count ->
    [one] { $count } contact
   *[other] { $count } contacts
 }
duplicates-perhaps = Doublon possible :
merge-link = Fusionner…
merge-choose = Choisir…
merge-with = Fusionner avec…
merge-choose-title = Fusionner { $name } avec…
merge-choose-label = Rechercher l’autre contact : nom, service, e-mail ou téléphone
merge-choose-ask = Cherchez l’autre contact.
merge-choose-none = Aucun autre contact ne correspond à cette recherche.
merge-choose-more = Il y en a d’autres : précisez la recherche.
merge-title = Fusionner deux contacts
merge-text = Les deux fiches n’en feront plus qu’une. L’autre ira à la corbeille ; la fusion pourra être annulée tant qu’elle y sera, pendant 30 jours.
merge-keep = Quelle fiche garder ?
merge-keep-hint = L’adresse e-mail de l’autre la retrouvera encore, dans la recherche et dans les imports.
merge-since = créée le { $date }
merge-fields = Ce qui diffère
merge-fields-hint = Choisissez pour chaque champ la valeur à garder.
merge-no-difference = Rien ne diffère.
merge-changed = modifié entre-temps
merge-together = Les statuts, les notes, les spécialités, les langues, les identifiants et les favoris des deux sont réunis.
merge-same = Ce qui est identique ou réuni
merge-submit = Fusionner
merge-then = { $count ->
    [one] Un autre contact choisi suivra.
   *[other] { $count } autres contacts choisis suivront, un par un.
}
merge-done = Les deux contacts n’en font plus qu’un.
merge-done-here = Les deux contacts n’en font plus qu’un :
merge-gone = Rien n’a été fusionné : l’un des deux contacts n’est plus dans le carnet, ou vient d’être fusionné avec un autre.
merge-stale = Quelqu’un a modifié l’un des deux contacts entre-temps. Rien n’a été fusionné : vérifiez les choix, puis fusionnez.
merge-away = Fusionné le { $date } dans
merge-undo = Annuler la fusion
merge-undone = La fusion est annulée : les deux contacts sont de nouveau dans le carnet.
merge-undone-but = La fusion est annulée. Ce qui a été modifié depuis reste dans l’autre fiche : { $fields }.
merge-undo-later = Ce contact a lui-même été fusionné dans un autre : annulez d’abord cette fusion-là, sur cette page.
merge-undo-email = La fusion n’est pas annulée : l’adresse e-mail est maintenant celle d’un autre contact. Changez-la d’abord.
merge-former = Fusionné avec
merge-history = Son historique
contact-merged-meanwhile = Entre-temps, ce contact a été fusionné dans un autre, qui est maintenant dans la corbeille : rien ne peut y être enregistré. Faites restaurer cet autre contact, puis recommencez.
form-merged = Ce contact a été fusionné avec { $name } pendant votre saisie. Rien n’est perdu : ce formulaire porte maintenant sur cette fiche ; vérifiez, puis enregistrez
note-gone = Cette note a été supprimée pendant votre saisie. Rien n’est perdu : ajoutez votre texte comme nouvelle note
note-merged = Ce contact a été fusionné avec { $name } pendant votre saisie. Rien n’est perdu : votre note porte maintenant sur cette fiche ; vérifiez-la, puis ajoutez la note
trash-merged = Fusionné
data-former-email = Ancienne adresse e-mail
absence-title = Absence : { $name }
expertise-title = Spécialités et langues : { $name }
bulk-facts-undone = { $facts } ; annulé par { $by }
bulk-organization-gone = L’organisation a été supprimée entre-temps : les contacts qui restaient n’ont pas été changés.
choices-none-yet = Aucune des valeurs de cette page ne va avec les filtres choisis ; la page suivante en a peut-être.
merge-undo-order = Un autre contact a été fusionné depuis dans cette fiche : annulez d’abord cette fusion-là.
fault-common-password = trop courant
fault-repeated-characters = les mêmes caractères, répétés
fault-known-words = composé de mots faciles à deviner ici (le nom du compte, du produit, d’un rôle)
fault-password-cure = Choisissez plutôt quelques mots sans rapport entre eux, par exemple quatre.
new-password-hint = { $min } caractères au moins, de préférence 15 ; quelques mots sans rapport entre eux font un bon mot de passe.
sign-in-note = La session prend fin après 2 heures sans activité, et au plus tard après 12 heures.
sign-in-code = J’ai reçu un code à usage unique
code-title = Choisir votre mot de passe
code-intro = Votre administrateur vous a donné un code à usage unique : il vous permet de choisir un mot de passe que vous seul connaîtrez.
code-submit = Enregistrer et se connecter
code-wrong = Ce code ne correspond pas à ce nom d’utilisateur, ou n’est plus valable : demandez-en un autre à votre administrateur
code-used = Mot de passe enregistré.
code-given-title = Code à usage unique
code-given-text = Transmettez ce code à { $name } par un moyen sûr. Il n’est affiché qu’ici et une seule fois.
code-given-how = Sur la page de connexion, « J’ai reçu un code à usage unique » le demande avec le nom d’utilisateur.
code-given-days = { $days ->
    [one] Utilisable une fois, pendant { $days } jour.
   *[other] Utilisable une fois, pendant { $days } jours.
 }
code-given-back = Retour aux utilisateurs
user-password-optional = Si vous le laissez vide, l’utilisateur reçoit un code à usage unique et choisit lui-même son mot de passe. Sinon, { $min } caractères au moins.
user-code-title = Mot de passe oublié
user-code-text = Un code à usage unique permet au titulaire de choisir un nouveau mot de passe. L’actuel reste valable jusque-là.
user-code-submit = Créer un code à usage unique
user-sessions-title = Sessions
user-sessions-text = Cette personne devra se connecter à nouveau, dans tous ses navigateurs.
user-sessions-submit = Déconnecter cet utilisateur
user-sessions-ask = Déconnecter { $name } ?
users-sessions-ask = Déconnecter tout le monde ?
sessions-will-end = { $count ->
    [0] Aucune session n’est ouverte en ce moment.
    [one] Une session ouverte prendra fin.
   *[other] { $count } sessions ouvertes prendront fin.
 }
people-signed-in = { $count ->
    [0] Aucune autre personne n’est connectée.
    [one] Une autre personne est connectée, ou vous-même dans un autre navigateur.
   *[other] { $count } personnes sont connectées.
 }
users-sessions-text = Toutes les autres personnes devront se connecter à nouveau ; ce qu’elles sont en train de saisir n’est pas perdu.
users-sessions-submit = Déconnecter tout le monde
users-sessions-ended = { $count ->
    [0] Aucune session n’était ouverte.
    [one] { $count } session déconnectée.
   *[other] { $count } sessions déconnectées.
 }
session-end = Déconnecter
history-account-code-given = Code à usage unique créé
keys-title = Clés d’accès
keys-text = Avec une clé, un programme utilise Carnet en votre nom : le standard téléphonique cherche qui appelle, l’outil de tickets lit ou met à jour un contact.
keys-account-text = Une clé permet à un programme (standard téléphonique, outil de tickets…) d’utiliser Carnet en votre nom.
keys-manage = Gérer mes clés
keys-empty = Aucune clé.
keys-all-title = Clés d’accès de l’équipe
keys-all-text = Les clés avec lesquelles des programmes utilisent Carnet au nom d’un utilisateur. Une clé terminée reste affichée pendant 30 jours.
keys-too-many = Vous avez déjà { $max } clés : terminez-en une d’abord
key-label = Nom de la clé
key-label-hint = Le programme qui s’en sert, par exemple « Standard téléphonique ».
key-label-missing = Donnez un nom à la clé
key-right = Ce que la clé permet
key-right-lookup = Chercher qui appelle
key-right-lookup-hint = Un contact d’après un numéro ou un e-mail, rien d’autre.
key-right-read = Lire
key-right-read-hint = Tout ce que vous pouvez lire : contacts, notes, organisations.
key-right-write = Lire et modifier
key-right-write-hint = Tout ce que vous pouvez faire dans le carnet, y compris modifier et supprimer des contacts.
key-right-missing = Choisissez ce que la clé permet
key-until = Dernier jour
key-until-hint = La clé cesse de fonctionner le lendemain.
key-until-wrong = Dernier jour : choisissez un jour à partir d’aujourd’hui et dans moins de cinq ans, par exemple 31/12/2027
key-networks = Réseaux autorisés
key-networks-hint = Facultatif. Les adresses d’où la clé fonctionne, une par ligne : 10.1.2.3 ou 10.1.0.0/16. Rien : de partout.
key-new-title = Nouvelle clé
key-add = Créer la clé
key-made-title = Votre nouvelle clé
key-made-text = Copiez-la maintenant dans le programme qui s’en servira : elle n’est affichée qu’ici et une seule fois.
key-used = Dernière utilisation
key-used-never = Jamais
key-used-times = { $count ->
    [one] { $count } requête ce jour-là
   *[other] { $count } requêtes ce jour-là
}
key-over = Terminée
key-end = Terminer
key-end-title = Terminer la clé { $label } ?
key-end-text = Le programme qui s’en sert n’aura plus accès à Carnet, tout de suite et pour toujours.
key-of = C’est une clé de { $name }.
key-ended = Clé { $label } terminée.
key-refused = Refus
history-key-added = Clé d’accès créée
history-key-ended = Clé d’accès terminée
history-key-refused = Clé d’accès refusée
problem-invalid-title = Valeurs refusées
problem-invalid = Rien n’a été enregistré. Corrigez les valeurs citées dans « errors ».
problem-no-key-title = Clé manquante
problem-no-key = Envoyez une clé d’accès : « Authorization: Bearer CLÉ », ou en mot de passe avec Basic. Elle se crée dans Carnet, sous « Mon compte ».
problem-wrong-key-title = Clé inconnue
problem-wrong-key = Cette clé n’existe pas. Vérifiez qu’elle a été copiée en entier.
problem-key-ended-title = Clé terminée
problem-key-ended = Cette clé ne fonctionne plus : elle a été terminée, son dernier jour est passé, ou son compte n’est plus actif. Créez-en une autre.
problem-network-title = Adresse refusée
problem-network = Cette clé n’est pas autorisée depuis cette adresse.
problem-second-factor-title = Double authentification manquante
problem-second-factor = Le compte de cette clé doit d’abord activer sa double authentification.
problem-scope-title = Clé insuffisante
problem-scope = Cette clé ne permet pas cette action. Créez-en une qui la permet.
problem-cursor-title = Position inconnue
problem-cursor = Cette position ne vient pas de ce carnet. Recommencez depuis le début.
problem-changed-title = Modifié entre-temps
problem-changed = Ce que vous modifiez a changé depuis la version citée. Lisez-le à nouveau, puis recommencez.
problem-other-body-title = Clé d’idempotence déjà utilisée
problem-other-body = Une autre requête a porté cette « Idempotency-Key » depuis moins d’un jour. Donnez-en une nouvelle à chaque requête.
problem-not-json-title = Format non accepté
problem-not-json = Envoyez du JSON, avec « Content-Type: application/json ».
problem-not-a-file = Envoyez le fichier lui-même comme corps, avec son type : « Content-Type: text/csv » ou « application/octet-stream ». Le nom et le profil vont dans l’adresse.
problem-not-one-of = Donnez l’une de ces valeurs : { $values }.
import-profile-cards = Ce fichier contient des cartes de visite (vCard), qui n’ont pas besoin d’un profil : envoyez-le sans profil.
problem-version-title = Version manquante
problem-version = Dites quelle version vous modifiez : « If-Match » avec l’« ETag » de ce que vous avez lu.
problem-too-fast-title = Trop de requêtes
problem-too-fast = Cette clé fait trop de requêtes. Attendez le nombre de secondes de « Retry-After ».
lookup-nobody = Aucun contact pour { $asked }
lookup-nothing = Aucun numéro ni e-mail
lookup-nobody-text = Ce numéro ou cet e-mail n’est pas dans le carnet. Cherchez la personne autrement, ou ajoutez-la : ce que l’on sait déjà est repris.
lookup-nobody-agent = Ce numéro ou cet e-mail n’est pas dans le carnet. Cherchez la personne autrement, par exemple par son nom.
lookup-add = Créer un contact
api-title = API pour les programmes
api-text = Le standard téléphonique et les autres outils trouvent, lisent et modifient les contacts.
api-link = Comment un programme s’en sert
api-keys = Chaque requête porte une clé d’accès.
api-document = Description complète (OpenAPI 3.1)
api-basic = La clé est le mot de passe ; le nom n’est pas lu.
api-problem = Refus (RFC 9457)
api-example = Exemples
api-operations = Requêtes
api-operation = Ce qu’elle fait
api-request = Requête
api-problems = Refus
api-problems-text = Un refus est du « application/problem+json » : « type » se termine par un de ces noms, et « errors » cite chaque valeur refusée. Une réponse en texte, pour l’écran d’un téléphone, est alors vide.
api-problem-type = Type
api-status = Code
api-meaning = Signification
api-look-up = Chercher qui appelle, d’après un numéro ou un e-mail
api-list-contacts = Lister les contacts
api-add-contact = Ajouter un contact
api-read-contact = Lire un contact
api-replace-contact = Remplacer les valeurs d’un contact
api-change-contact = Modifier des valeurs d’un contact
api-delete-contact = Mettre un contact à la corbeille
api-list-notes = Lire les notes d’un contact
api-add-note = Ajouter une note
api-list-organizations = Lister les organisations
api-read-organization = Lire une organisation
api-add-organization = Ajouter une organisation
api-replace-organization = Remplacer les valeurs d’une organisation
api-change-organization = Modifier des valeurs d’une organisation
api-delete-organization = Supprimer une organisation
api-list-imports = Lister les imports
api-start-import = Importer un fichier
api-read-import = Lire ce qu’est devenu un import
api-waits-columns = Quelqu’un doit dire ce que sont les colonnes de cette liste.
api-waits-decision = Quelqu’un doit confirmer cet import.
api-waits-rejected = { $count ->
    [one] Une ligne est rejetée : quelqu’un doit décider.
   *[other] { $count } lignes sont rejetées : quelqu’un doit décider.
}
api-list-sources = Lister les sources
api-read-by-source = Lire un contact d’après son identifiant dans une source
api-put-by-source = Ajouter ou modifier un contact d’après cet identifiant
api-id = Identifiant
api-put-many-by-source = Ajouter ou modifier jusqu’à 100 contacts d’après leurs identifiants
api-read-changes = Suivre ce qui change dans le carnet
api-read-description = Lire cette description
problem-lookup = Donnez soit « number », soit « email ».
problem-unknown-field = « { $name } » n’est pas un champ.
problem-repeated = « { $name } » est présent deux fois.
problem-not-a-text = Donnez un texte.
problem-not-texts = Donnez une liste de textes, sans virgule, point-virgule ni retour à la ligne.
problem-not-a-flag = Donnez true ou false.
problem-not-ids = Donnez une liste d’objets avec « source » et « id ».
problem-only-note = Donnez « note », un texte, et rien d’autre.
problem-id-taken = Un autre contact a déjà cet identifiant.
problem-organization-contacts = Des contacts appartiennent à cette organisation. Dites ce qu’ils deviennent : « contacts=leave » les laisse sans organisation, « move_to » les déplace vers l’organisation qui a cet identifiant.
problem-no-organization = Cette organisation n’existe pas.
problem-in-trash = Rien n’a été enregistré. Restaurez le contact dans Carnet, puis envoyez-le à nouveau.
problem-not-items = Donnez une liste d’au plus { $max } objets avec « id » et « contact ».
problem-too-many-items = Donnez au plus { $max } contacts par requête.
problem-not-an-item = Donnez un objet avec « id » et « contact », et rien d’autre.
problem-not-an-object = Donnez un objet.
history-sessions-ended = Sessions déconnectées
error-host-title = Autre adresse
error-host = Carnet ne répond pas sous ce nom. Ouvrez-le à l’adresse que votre administrateur vous a donnée ; la personne qui l’installe indique cette adresse avec l’option --public-url.
error-too-many-fields-title = Formulaire trop long
error-too-many-fields = L’envoi compte plus de { $limit } champs, plus que n’en ont nos pages. Rien n’a été enregistré, et ce que vous aviez saisi ne peut pas être rendu ici : revenez en arrière dans votre navigateur pour le retrouver, puis envoyez-le en plusieurs fois.
error-at-once-title = Trop de demandes à la fois
error-at-once = Votre compte attend déjà plusieurs pages. Si vous envoyiez un formulaire, il n’est pas encore enregistré. Attendez que les autres pages s’affichent, puis actualisez celle-ci.
error-over-time-title = Cette page a pris trop de temps
error-over-time = Elle a été arrêtée pour ne pas faire attendre les autres. Rien n’est perdu. Si vous cherchiez quelqu’un, revenez en arrière et précisez : un nom entier plutôt que des mots d’une ou deux lettres. Sinon, actualisez la page dans quelques secondes.
error-busy-title = Carnet est très sollicité
error-busy = Trop de demandes arrivent en même temps. Rien de ce qui était enregistré n’est perdu, mais ce que vous venez d’envoyer n’est pas encore enregistré. Attendez quelques secondes, puis actualisez la page pour l’envoyer à nouveau.

## Sauvegarder et déménager
backup-postgres = Ce carnet est sur PostgreSQL, qui se sauvegarde lui-même pendant que le serveur tourne : pg_dump --format=custom --file={ $file } --dbname=URL, puis pg_restore --dbname=URL { $file } dans une base vide.
backup-in-use = { $path } est une base de données en service : une sauvegarde ne peut pas prendre sa place. Nommez un autre fichier.
backup-full = Le disque où s’écrit { $path } est plein : faites de la place et recommencez. Rien n’en reste.
backup-not-noted = La sauvegarde est faite, mais le carnet n’a pas pu en noter la date : { $cause }
copy-done = Le carnet est copié : chaque table a, des deux côtés, le même nombre de lignes et la même empreinte. Les sessions et les échecs de connexion restent dans l’ancien.
copy-differs = La copie diffère du carnet dans les tables marquées « ≠ » : rien n’en est gardé.
copy-not-empty = Le nouveau carnet n’est pas vide : sa table { $table } contient quelque chose. Nommez une base vide.
copy-shapes = Les deux carnets ne sont pas de la même version que ce programme. Lancez « carnet migrate » sur l’ancien, puis recommencez avec une base vide.
history-export-html = pages à lire sans le programme
sheet-title = Carnet du { $date }
sheet-state = État du { $time }. Pour lire et imprimer : ce qu’on y change n’est pas repris dans le carnet.
sheet-find = Pour chercher : Ctrl + F, ou « Rechercher dans la page » sur un téléphone.
sheet-letters = Lettres
sheet-pages = Pages
sheet-previous = Page précédente
sheet-next = Page suivante

## Double authentification
second-factor-title = Double authentification
second-factor-code = Code
second-factor-code-hint = Six chiffres de votre application, ou un code de secours.
second-factor-ask = Mot de passe accepté. Saisissez maintenant le code qu’affiche l’application de votre téléphone.
second-factor-other-account = Utiliser un autre compte
second-factor-lost = Téléphone perdu ? Saisissez l’un de vos codes de secours. Si vous n’en avez plus, un administrateur peut désactiver la double authentification de votre compte.
second-factor-wrong = Ce code n’est pas valable, ou il a déjà servi : attendez que l’application en montre un autre, ou prenez un autre code de secours
second-factor-wrong-told = { $count ->
    [one] Un code erroné a été saisi pour votre compte (le { $date }). Si ce n’était pas vous, quelqu’un connaît votre mot de passe : changez-le.
   *[other] { $count } codes erronés ont été saisis pour votre compte depuis le { $date }. Si ce n’était pas vous, quelqu’un connaît votre mot de passe : changez-le.
 }
second-factor-too-many-today = Trop de codes erronés aujourd’hui : ceux de l’application ne sont plus acceptés jusqu’au { $date }. Saisissez un code de secours, ou demandez à un administrateur de désactiver la double authentification
second-factor-too-many = Trop de codes erronés : ceux de l’application ne sont plus acceptés. Saisissez un code de secours, ou demandez à un administrateur de désactiver la double authentification
second-factor-ended = Trop de temps a passé, ou votre compte a changé : connectez-vous à nouveau
second-factor-since = Activée depuis le { $date }.
second-factor-intro = Après votre mot de passe, Carnet vous demandera un code à six chiffres qu’affiche une application de votre téléphone (FreeOTP, Aegis, 2FAS, Google ou Microsoft Authenticator…). Ainsi, deviner ou voler votre mot de passe ne suffit plus pour entrer.
second-factor-password-hint = Celui avec lequel vous vous connectez : nous vérifions que c’est bien vous.
second-factor-set-up = Configurer la double authentification
second-factor-manage = Gérer la double authentification
second-factor-account-on = Un code de votre téléphone est demandé après le mot de passe.
second-factor-account-off = Votre compte ne demande qu’un mot de passe. Un code de votre téléphone peut s’y ajouter.
second-factor-required-title = La double authentification est obligatoire pour vous
second-factor-required-text = C’est la règle que l’administrateur a choisie. Configurez-la maintenant : le reste de Carnet s’ouvre aussitôt après.
second-factor-interrupted = Ce que vous aviez saisi vous est rendu ensuite.
second-factor-scan = 1. Ajoutez la clé à l’application
second-factor-scan-text = Dans l’application, ajoutez un compte et scannez ce code QR.
second-factor-qr = Code QR de la clé
second-factor-type = Sans appareil photo, saisissez cette clé (basée sur le temps) :
second-factor-open = Ouvrir dans l’application de cet appareil
second-factor-first = 2. Saisissez le code qu’elle affiche
second-factor-first-hint = Six chiffres ; ils changent toutes les trente secondes.
second-factor-first-wrong = Ce code n’est pas le bon : vérifiez l’heure du téléphone, et saisissez celui que l’application montre maintenant
second-factor-key-ended = Cette clé a attendu trop longtemps : recommencez
second-factor-turn-on = Activer la double authentification
second-factor-is-on = Double authentification activée
second-factor-turn-off = Désactiver la double authentification
second-factor-off-text = Votre compte ne demandera plus que le mot de passe, vos codes de secours ne seront plus valables, et vos autres sessions prendront fin. Pour changer de téléphone, désactivez puis configurez à nouveau.
second-factor-is-off = Double authentification désactivée.
recovery-codes-title = Codes de secours
recovery-codes-left = { $count ->
    [0] Il n’en reste aucun : créez-en de nouveaux.
    [one] Il en reste un. Chacun remplace une fois le code du téléphone.
   *[other] Il en reste { $count }. Chacun remplace une fois le code du téléphone.
 }
recovery-codes-renew = Créer de nouveaux codes de secours
recovery-codes-renew-text = Les codes que vous avez ne seront plus valables.
recovery-codes-made = Nouveaux codes de secours
recovery-codes-lead = Gardez ces codes ailleurs que dans votre téléphone : ils ne seront plus montrés.
recovery-codes-how = Chacun remplace une fois le code du téléphone, si vous l’avez perdu ou oublié.
recovery-codes-kept = Je les ai gardés
recovery-code-used = { $count ->
    [0] Code de secours utilisé. Il n’en reste aucun : créez-en de nouveaux dans « Mon compte ».
    [one] Code de secours utilisé. Il en reste un.
   *[other] Code de secours utilisé. Il en reste { $count }.
 }
user-second-factor-text = Si l’utilisateur a perdu son téléphone et ses codes de secours, vous pouvez la désactiver : le compte ne demandera plus que le mot de passe, jusqu’à ce qu’elle soit configurée à nouveau, et ses sessions prendront fin.
user-second-factor-who = Assurez-vous d’abord de qui vous le demande : en personne, ou en rappelant à un numéro que vous connaissez. Un message ou un appel ne suffit pas.
user-second-factor-submit = Désactiver la double authentification
user-second-factor-ask = Désactiver la double authentification pour { $name } ?
user-second-factor-effect = Le compte ne demandera plus que le mot de passe, jusqu’à ce qu’elle soit configurée à nouveau.
user-own-title = Mot de passe et double authentification
user-own = Votre propre mot de passe et votre double authentification se gèrent sur la page de votre compte.
user-second-factor-removed = Double authentification désactivée pour { $name } ; ses sessions ont pris fin.
settings-second-factor = Double authentification obligatoire pour
settings-second-factor-hint = Dès leur prochaine page, les utilisateurs concernés qui ne l’ont pas doivent la configurer avant toute autre chose.
settings-second-factor-ask = Rendre la double authentification obligatoire pour { $whose } ?
settings-second-factor-confirm = Rendre la double authentification obligatoire
settings-second-factor-count = { $count ->
    [one] Un utilisateur ne l’a pas encore configurée.
   *[other] { $count } utilisateurs ne l’ont pas encore configurée.
 }
settings-second-factor-unknown = Choisissez pour qui la double authentification est obligatoire
second-factor-for-nobody = personne
second-factor-for-administrators = les administrateurs
second-factor-for-coordinators = les administrateurs et les coordinateurs
second-factor-for-everybody = tout le monde
history-second-factor-on = Double authentification activée
history-second-factor-off = Double authentification désactivée
history-second-factor-removed = Double authentification désactivée par un administrateur
history-recovery-codes-made = Nouveaux codes de secours
history-recovery-code-used = Code de secours utilisé
history-second-factor-failed = Code de double authentification erroné
company-sign-in = Se connecter avec le compte de l’entreprise
company-new-tab = Se connecter avec le compte de l’entreprise (nouvel onglet)
company-resume-text = Avec le compte de l’entreprise : connectez-vous dans le nouvel onglet, puis revenez ici et reprenez votre saisie.
company-resume = C’est fait : reprendre ma saisie
company-refused-title = La connexion n’a pas abouti
company-again = Réessayer avec le compte de l’entreprise
company-back = Se connecter autrement
company-unreachable = Le service de connexion de l’entreprise ne répond pas. Réessayez dans une minute ; si cela dure, prévenez la personne qui gère Carnet. Un compte avec un mot de passe de Carnet fonctionne toujours.
company-stale = Cette connexion n’a pas été commencée dans ce navigateur, a pris plus de dix minutes, ou a déjà servi. Recommencez.
company-untrusted = La réponse du service de connexion de l’entreprise n’a pas pu être vérifiée. Réessayez ; si cela se reproduit, prévenez la personne qui gère Carnet : le journal du serveur dit pourquoi.
company-not-granted = Le service de connexion de l’entreprise n’a pas ouvert l’accès à Carnet, ou vous avez abandonné. Réessayez, ou demandez l’accès à la personne qui gère les comptes de l’entreprise.
company-no-role = Votre compte de l’entreprise n’a aucun rôle dans Carnet. Demandez à la personne qui gère les comptes de l’entreprise de vous mettre dans un des groupes prévus.
company-disabled = Ce compte est désactivé dans Carnet. Un administrateur peut le réactiver.
company-last-administrator = L’entreprise ne vous donne plus le rôle d’administrateur, et vous êtes le dernier administrateur de Carnet. Un autre doit être nommé d’abord, dans l’entreprise ou par la personne qui gère le serveur (« carnet user add »).
company-name-taken = Un autre compte de Carnet s’appelle déjà { $name }, et il ne devient pas le vôtre tout seul. Demandez à un administrateur de donner un autre nom à ce compte, puis réessayez.
company-no-name = L’entreprise ne transmet pour vous aucun nom qui puisse servir de nom d’utilisateur (1 à 50 caractères). Prévenez la personne qui gère Carnet.
account-company = Ce compte se connecte avec le compte de l’entreprise : c’est elle qui gère son mot de passe et qui transmet son rôle à chaque connexion.
user-company-title = Connexion
user-company = Ce compte se connecte avec le compte de l’entreprise, chez { $issuer }. Il n’a pas de mot de passe dans Carnet, et l’entreprise transmet son rôle à chaque connexion.
user-company-tag = entreprise
company-or = Avec un mot de passe de Carnet
user-second-factor-company = selon l’entreprise
undo-will-withdraw-left = { $count ->
    [one] Un contact ajouté par un import qui a été annulé depuis va à la corbeille, sauf si un autre import le contient encore.
   *[other] { $count } contacts ajoutés par un import qui a été annulé depuis vont à la corbeille, sauf ceux qu’un autre import contient encore.
 }
user-company-role = Rôle actuel : { $role }
absence-saved-both-away = Absence enregistrée. Attention : { $name } n’est pas là non plus pendant cette période.
skip-to-found = Aller aux résultats

## Signalements, et ce qui attend
reports-title = Signalements
report-link = Signaler une erreur
report = Quelle est l’erreur ?
report-hint = Une phrase suffit, 1 000 caractères au plus ; ajoutez la bonne valeur si vous la connaissez. La réponse des coordinateurs s’affichera ici pendant { $days } jours.
report-send = Envoyer aux coordinateurs
report-added = Erreur signalée : les coordinateurs la verront dans « À traiter ».
report-missing = Décrivez l’erreur
report-too-long = Ce texte compte { $length } caractères : raccourcissez-le à { $max } au plus
report-merged = Ce contact a été fusionné avec { $name } pendant votre saisie. Rien n’est perdu : votre signalement porte maintenant sur cette fiche ; vérifiez qu’il vaut toujours, puis envoyez-le
report-open = en attente
report-fixed = corrigé
report-unfounded = rien à corriger
report-of = Erreur signalée : { $name }
report-answer-link = Répondre
report-answer = Réponse
report-answer-hint = Facultative, 1 000 caractères au plus. Elle s’affiche sur la fiche du contact.
report-fix = C’est corrigé
report-refute = Rien à corriger
report-answered = Réponse envoyée.
report-outcome-missing = Choisissez « C’est corrigé » ou « Rien à corriger »
report-answered-meanwhile = Quelqu’un a déjà répondu à ce signalement. Votre réponse n’a pas été envoyée ; elle est encore ci-dessous
report-answer-typed = Votre réponse, non envoyée
report-edit = Modifier la fiche
report-in-trash = Ce contact est dans la corbeille.
data-reports = Erreurs signalées : { $count }
history-report-added = Erreur signalée
history-report-fixed = Signalement traité : erreur corrigée
history-report-unfounded = Signalement traité : rien à corriger
waiting-title = À traiter
waiting-none = Rien n’attend : aucun import à décider, aucune ligne douteuse, aucun doublon, aucun contact à vérifier, aucun signalement.
waiting-imports = Imports à décider
waiting-duplicates = Doublons possibles
waiting-unchecked = Contacts à vérifier
waiting-reports = Erreurs signalées
waiting-oldest = { $days ->
    [0] En attente depuis aujourd’hui
    [1] En attente depuis hier
   *[other] En attente depuis { $days } jours
 }
waiting-no-report = Aucun signalement n’attend de réponse.
waiting-no-more-reports = Fin de la liste.

# Lists of any kind
state-mapping = Colonnes à indiquer
import-title-mapping = { $name } : colonnes à indiquer
import-older-node = La mise à jour de Carnet n’est pas terminée : un serveur de l’ancienne version ne saurait pas lire cette liste. Réessayez dans quelques minutes, ou prévenez votre administrateur.
history-import-mapped = Colonnes d’un import indiquées
progress-reading = { $rows ->
    [one] Lecture de la liste : { $rows } ligne lue
   *[other] Lecture de la liste : { $rows } lignes lues
 }
columns-awaited = Un coordinateur doit indiquer ce que contient chaque colonne.
columns-choose = Indiquer les colonnes
columns-change = Modifier les colonnes
columns-too-late = Cet import est déjà en cours, terminé ou abandonné : ses colonnes n’ont pas été changées.
columns-title = { $name } : que contient chaque colonne ?
columns-check = Vérifier la liste
columns-refresh = Actualiser les remarques
columns-sheet = Feuille du classeur
columns-caption = Colonnes de la liste, exemples, et champ du carnet
columns-column = Colonne
columns-values = Exemples
columns-field = Champ du carnet
columns-policy = Si le contact existe déjà
columns-policy-of = { $column } : si le contact existe déjà
columns-ignored = Ne pas importer
policy-replace = Remplacer sa valeur
policy-fill = Compléter un champ vide
policy-create = Garder sa valeur, même vide
columns-cleaning = Nettoyage
columns-capitals = Écrire « Dupont » au lieu de « DUPONT »
columns-capitals-hint = Pour les noms et les villes écrits tout en capitales.
columns-postal-zeros = Rendre leur zéro aux codes postaux
columns-postal-zeros-hint = 1000 devient 01000 : les tableurs perdent ce zéro.
columns-create-organizations = Créer les organisations inconnues
columns-create-organizations-hint = Sinon, leurs lignes sont refusées, et le nom le plus proche est proposé.
columns-settings = Réglages de l’import
columns-mode = Contacts concernés
mode-both = Ajouter les nouveaux, mettre à jour les autres
mode-create = Seulement ajouter les nouveaux
mode-update = Seulement mettre à jour ceux du carnet
columns-blank = Cellules vides
blank-keep = Garder la valeur du carnet
blank-clear = Vider le champ du carnet
columns-ambiguous = Lignes douteuses
ambiguous-review = Les mettre de côté, et importer les autres
ambiguous-reject = Les refuser
columns-match = Reconnaître un contact par
columns-match-hint = Le premier critère qui trouve un contact l’emporte. Sans choix : l’e-mail, puis l’identifiant externe, puis le nom avec le téléphone.
columns-match-place = Critère nº { $place }
match-external-id = Identifiant externe
match-phone = Téléphone
match-name-phone = Nom et téléphone
columns-source = Source des identifiants externes
columns-type = Type de contact de toute la liste
columns-type-hint = Affichez ses champs pour pouvoir les choisir dans les colonnes.
columns-show-fields = Afficher ses champs
targets-person = Personne
targets-reach = E-mails et téléphones
targets-address = Adresse
targets-expertise = Statuts et compétences
targets-other = Autres
targets-type = Champs du type de contact
target-full-name = Nom complet (prénom et nom)
cleaned = { $what } : { $before } → { $after } ({ $count })
cleaned-away = { $what } : { $before } ({ $count })
column-fault = { $count ->
    [one] « { $value } » : { $reason } ({ $count } ligne)
   *[other] « { $value } » : { $reason } ({ $count } lignes)
 }
cleaning-civility = Civilité
cleaning-capitals = Capitales
cleaning-leading-zero = Zéro ou + remis
cleaning-date = Date
cleaning-blank = Lu comme vide
cleaning-second-number = Second numéro mis dans un champ libre
cleaning-second-email = Second e-mail mis dans un champ libre
cleaning-spaces = Espaces
cleaning-full-name = Nom et prénom séparés
cleaning-flag = Oui ou non
cleaning-country = Pays
cleaning-languages = Langues
cleaning-email = Adresse e-mail
cleaning-url = Adresse web
cleaning-choice = Choix
cleaning-status = Statut laissé de côté, faute d’e-mail
targets-own = Table de Carnet
target-contact-id = Numéro du contact
target-card-id = Identifiant de la fiche
target-dropped = Propriétés non reprises
cleaning-other-type = champ d’un autre type de contact, laissé de côté
left-out-columns = Colonnes non reprises : { $names }.
left-out-properties = Propriétés non reprises : { $names }.
left-out-kept = Propriétés sans champ : { $names }. Elles sont gardées dans une note, sauf les photos, logos, sons et clés.
dropped-hint = Les propriétés qui n’ont pas de champ dans Carnet peuvent être gardées dans une note de chaque contact.
dropped-keep = Les garder dans une note
dropped-forget = Ne pas les garder
list-csv = Fichier texte (CSV).
list-workbook = Classeur.
list-cards = Cartes de visite (vCard).
list-heading = { $rows ->
    [one] { $rows } ligne, celle des titres.
   *[other] { $rows } lignes, avec les titres à la ligne { $row }.
 }
list-no-heading = { $rows ->
    [one] { $rows } ligne, sans titres de colonnes.
   *[other] { $rows } lignes, sans titres de colonnes.
 }
list-partial = Les remarques portent sur les { $rows } premières lignes.
list-without-email = { $count ->
    [one] { $count } personne sans e-mail.
   *[other] { $count } personnes sans e-mail.
}
list-faulty = { $count ->
    [one] { $count } ligne à corriger.
   *[other] { $count } lignes à corriger.
}
list-blank = { $count ->
    [one] { $count } ligne vide.
   *[other] { $count } lignes vides.
}
mapping-same-target = « { $first } » et « { $second } » iraient dans le même champ, « { $field } ». Choisissez un autre champ pour l’une des deux colonnes.
mapping-names-twice = « { $full } » donne déjà le prénom et le nom : choisissez « Ne pas importer » ou un autre champ pour « { $other } ».
mapping-no-key = Aucune colonne ne donne un nom, un e-mail ou un identifiant : indiquez au moins une de ces colonnes.
mapping-key-without-column = Aucune colonne ne permet de reconnaître un contact par « { $key } ». Indiquez cette colonne, ou choisissez un autre critère.
mapping-no-source = « { $column } » est un identifiant externe : choisissez sa source dans « Réglages de l’import ».
mapping-not-of-type = « { $column } » est un champ d’un type de contact : choisissez ce type dans « Réglages de l’import ».
list-encrypted = Le classeur est protégé par un mot de passe. Ouvrez-le, retirez la protection, enregistrez-le, puis choisissez-le de nouveau.
list-damaged = Le fichier est endommagé. Ouvrez-le dans le logiciel qui l’a créé, enregistrez-le de nouveau, puis réessayez.
list-no-sheet = Le classeur n’a pas cette feuille. Envoyez-le de nouveau, puis choisissez une autre feuille.
list-too-many-columns = La ligne { $row } a plus de { $max } colonnes. Gardez seulement les colonnes utiles, puis renvoyez la liste.
list-cell-too-long = Ligne { $row }, colonne { $column } : la cellule a plus de { $max } caractères. Raccourcissez-la, puis renvoyez la liste.
list-record-too-long = La ligne { $row } est beaucoup trop longue (plus de 1 Mio). Il manque peut-être un guillemet fermant : ajoutez-le, ou raccourcissez la ligne.
list-too-many-cells = Le classeur a plus de { $max } cellules remplies. Partagez-le en plusieurs fichiers.
list-too-large = Le contenu du classeur dépasse { $max } Mio. Partagez-le en plusieurs fichiers.
list-too-large-packed = Le classeur dépasse { $max } Mio. Partagez-le en plusieurs fichiers, ou enregistrez-le en CSV.
list-open-quote = Un guillemet ouvert à la ligne { $row } n’est jamais fermé. Fermez-le ou supprimez-le.
list-card-too-long = La carte nº { $card } est beaucoup trop longue (plus de 1 Mio sans sa photo). Raccourcissez-la, ou retirez-la du fichier.
list-open-card = La carte nº { $card } n’a pas de fin (« END:VCARD »). Le fichier est sans doute coupé : exportez-le de nouveau.
list-encoding = Les accents de ce fichier sont illisibles : son encodage est inconnu ou mélangé. Enregistrez-le en « CSV UTF-8 ».
fault-organization = cette organisation n’est pas dans le carnet
fault-organization-cure = Créez-la dans le carnet, ou cochez « Créer les organisations inconnues » à l’étape des colonnes.
fault-organization-near = Noms proches : { $names }. Corrigez le nom, ou cochez « Créer les organisations inconnues » à l’étape des colonnes.
fault-doubtful = cette ligne est douteuse : elle peut désigner plusieurs contacts, ou un autre contact
fault-doubtful-cure = Comparez-la avec le carnet, puis modifiez vous-même le bon contact.
lines-held = Lignes douteuses
lines-held-text = On ne sait pas avec certitude quel contact elles désignent : l’import n’écrit rien pour elles.
lines-unmatched = Lignes sans contact
lines-unmatched-text = Cet import met seulement à jour des contacts du carnet, et ces lignes n’en désignent aucun.
diff-held = douteuse
diff-unmatched = sans contact
count-held = { $count ->
    [one] douteuse
   *[other] douteuses
 }
count-unmatched = sans contact
outlook-held = Ligne { $line }, douteuse : { $values }

# Doubtful rows
reviews-title = Lignes douteuses
reviews-lead = Ces lignes ont été mises de côté pendant un import. Elles attendent 90 jours au plus, puis comptent comme ignorées.
reviews-none = Aucune ligne n’attend.
review-title = Ligne { $line } : de qui s’agit-il ?
review-row = ligne { $line }
review-compare = La ligne à côté des contacts du carnet
review-list = Dans la liste
review-update = Mettre à jour ce contact
review-create = Créer un nouveau contact
review-skip = Ignorer cette ligne
review-separate = Ce n’est aucun de ces contacts
review-separate-hint = « Ce n’est aucun de ces contacts » crée aussi un contact, et Carnet le retient : les prochaines listes ne posent plus la question, et les doublons ne proposent pas de les fusionner.
review-emptying = Cette ligne viderait plus de la moitié des valeurs que ce contact a dans les colonnes de la liste. Mettez-le à jour si c’est voulu.
review-left = { $count ->
    [one] Il reste { $count } ligne de ce groupe à décider.
   *[other] Il reste { $count } lignes de ce groupe à décider.
 }
reviews-rows = { $count ->
    [one] { $count } ligne
   *[other] { $count } lignes
 }
reviews-until = à décider avant le { $date }
reviews-more = Voir les { $count } lignes
reviews-decide-all = Décider pour les { $count } lignes
reviews-decide-hint = La même décision vaut pour toutes les lignes de ce groupe. Une ligne qui peut désigner plusieurs contacts n’est pas mise à jour : elle reste ici. L’annulation de l’import reprend tout.
reviews-update-all = Mettre à jour le contact de chaque ligne
reviews-create-all = Créer un nouveau contact par ligne
reviews-separate-all = Ce ne sont pas ces contacts
reviews-skip-all = Ignorer ces lignes
review-all = { $count ->
    [one] Décider de même pour l’autre ligne de cet import qui a le même doute
   *[other] Décider de même pour les { $count } autres lignes de cet import qui ont le même doute
 }
review-hint = Un nouveau contact est créé sans l’e-mail ni l’identifiant qu’un autre contact a déjà.
review-changed = Un de ces contacts a changé depuis : voici ses valeurs d’aujourd’hui. Décidez de nouveau.
review-late = Cette ligne est déjà traitée.
review-blanked = Cette ligne a été effacée du fichier : elle compte comme ignorée.
review-undone = Cet import est annulé : il n’y a plus rien à décider.
review-decided = { $count ->
    [one] { $count } ligne traitée.
   *[other] { $count } lignes traitées.
 }
doubt-several = Plusieurs contacts correspondent
doubt-keys = Son e-mail, son identifiant et son téléphone ne désignent pas le même contact
doubt-name = L’e-mail est connu, mais sous un tout autre nom
doubt-number = Un contact a ce numéro et presque le même nom
doubt-emptied = La ligne viderait la plupart des valeurs du contact
doubt-gone = Le contact qui avait cet e-mail ou cet identifiant est dans la corbeille, ou a été fusionné
history-review-decided = Ligne douteuse traitée
waiting-reviews = Lignes douteuses
waiting-reviews-ending = { $count ->
    [one] { $count } ligne sera ignorée à partir du { $date } si personne ne décide.
   *[other] { $count } lignes seront ignorées à partir du { $date } si personne ne décide.
 }
decide-doubtful = { $count ->
    [one] Dont { $count } ligne douteuse, que les réglages de cette liste refusent.
   *[other] Dont { $count } lignes douteuses, que les réglages de cette liste refusent.
 }
decide-doubtful-see = Voir les lignes douteuses
import-hold-doubtful = Mettre de côté les lignes douteuses
import-hold-doubtful-hint = Un e-mail connu sous un tout autre nom, par exemple : vous décidez après l’import.
data-waiting = { $count ->
    [one] { $count } ligne de liste en attente
   *[other] { $count } lignes de listes en attente
 }
data-waiting-text = Ces lignes douteuses peuvent désigner cette personne. Elles attendent qu’un coordinateur décide.
columns-instead = Choisir les colonnes
columns-instead-hint = Ce fichier n’a pas tout à fait la forme attendue ? Vous pouvez dire vous-même ce que contient chaque colonne.
decide-hold = Mettre de côté { $count ->
    [one] la ligne douteuse
   *[other] les { $count } lignes douteuses
}
review-restore = Restaurer et mettre à jour ce contact
columns-invalid = Le type de contact ou la source choisis pour cette liste n’existent plus : revoyez les colonnes.
columns-heading-row = Ligne des titres
columns-read-again = Relire la liste
columns-heading-hint = Vide si la liste n’a pas de titres.
## Les profils d’import
profiles-title = Profils d’import
profiles-link = Profils d’import
profiles-intro = Un profil garde ce que contient chaque colonne d’une liste. La prochaine liste qui a les mêmes en-têtes, dans n’importe quel ordre, est lue de la même façon.
profiles-empty = Aucun profil. Importez une liste et, au moment d’indiquer ses colonnes, donnez un nom à ces choix.
profiles-new-hint = Une liste qui revient chaque mois peut être lue sans redonner ses colonnes.
profiles-too-many = Il y a déjà { $max } profils : supprimez-en un d’abord
profile-columns = Colonnes importées
profile-used = Dernière utilisation
profile-never-used = jamais
profile-changed = Modifié
profile-changed-by = { $date } par { $by }
profile-title = Profil { $name }
profile-name-hint = 50 caractères au plus.
profile-name-missing = Saisissez le nom du profil
profile-name-taken = Un profil porte déjà ce nom : choisissez-en un autre
profile-no-headings = Cette liste n’a pas d’en-têtes : un profil ne pourrait pas reconnaître la suivante
profile-bound-changed = Contacts modifiés au plus (% des lignes)
profile-bound-changed-hint = De 0 à 100. Au-delà, la liste attend une décision. Compte à partir de 10 lignes.
profile-bound-emptied = Contacts dont une valeur est vidée au plus (% des lignes)
profile-bound-emptied-hint = De 0 à 100. Au-delà, la liste attend une décision. Compte à partir de 10 lignes.
profile-bound-wrong = { $field } : saisissez un nombre entier de 0 à 100
profile-apply = Importer sans demander
profile-apply-hint = Seulement si aucune ligne n’est refusée ni douteuse, si les limites sont respectées, et si personne n’a demandé à voir ce qui changera.
profile-columns-title = Colonnes du profil
profile-columns-text = Pour changer ces choix, importez une liste, modifiez ses colonnes, et donnez un nouveau nom de profil.
profile-saved = Profil { $name } enregistré.
profile-copy = Copier
profile-copy-name = { $name } (copie)
profile-copied = Profil copié : donnez-lui son nom.
profile-deleted = Profil { $name } supprimé.
profile-delete-text = La prochaine liste qui a ces en-têtes demandera de nouveau ce que contient chaque colonne. Les imports déjà faits ne changent pas.
profile-read-by = Colonnes lues selon le profil « { $name } ».
profile-see = Voir le profil
profile-outdated = Le profil « { $name } » a les mêmes en-têtes, mais il utilise un type de contact, un champ ou une source qui n’existe plus.
columns-profile-name = Garder ces choix dans un profil
columns-profile-hint = Facultatif : un nom de 50 caractères au plus. La prochaine liste qui a les mêmes en-têtes sera lue de la même façon.
columns-profile-near = Le profil « { $name } » n’a pas tout à fait ces en-têtes. { $difference }
headings-missing = Il manque dans cette liste : { $headings }.
headings-added = Ne sont pas dans le profil : { $headings }.
bound-changed-passed = { $rows ->
    [one] Cette liste modifierait { $rows } contact pour { $all } lignes : le profil en admet au plus { $percent } % sans décision.
   *[other] Cette liste modifierait { $rows } contacts pour { $all } lignes : le profil en admet au plus { $percent } % sans décision.
 }
bound-emptied-passed = { $rows ->
    [one] Cette liste viderait des valeurs de { $rows } contact pour { $all } lignes : le profil en admet au plus { $percent } % sans décision.
   *[other] Cette liste viderait des valeurs de { $rows } contacts pour { $all } lignes : le profil en admet au plus { $percent } % sans décision.
 }
history-profile-added = Profil d’import ajouté
history-profile-edited = Profil d’import modifié
history-profile-deleted = Profil d’import supprimé
command-no-profile = Il n’y a pas de profil « { $name } ». Vérifiez son nom à la page des profils d’import.
command-strict-only = Sans --profile, cette commande ne lit que le fichier strict. La page d’import lit les autres listes.
command-profile-cards = Ce fichier contient des cartes de visite (vCard), qui n’ont pas besoin d’un profil : importez-le par la page.
command-profile-gone = Quelqu’un a supprimé le profil pendant l’import.
command-other-headings = Les en-têtes de cette liste ne sont pas ceux du profil « { $name } ». { $difference }
columns-gone = Le type de contact ou la source que vous aviez choisi vient d’être supprimé : vérifiez les réglages.

## Corriger les lignes refusées dans la page

lines-title = { $name } : corriger les lignes refusées
lines-link = { $count ->
    [one] Corriger ici ({ $count })
   *[other] Corriger ici ({ $count })
 }
lines-text-deciding = Corrigez les lignes, puis revérifiez : toute la liste est contrôlée de nouveau, et rien n’est écrit avant votre décision.
lines-text-done = Corrigez les lignes, puis revérifiez : celles qui sont justes sont importées aussitôt, dans cet import. Les autres restent ici.
lines-hint = Une ligne dont vous videz tous les champs est ignorée.
lines-hint-strict = Aucun champ ne contient de virgule.
lines-others = { $count ->
    [one] { $count } autre ligne refusée n’est pas sur cette page. Téléchargez-la, corrigez-la dans un tableur, puis importez-la.
   *[other] { $count } autres lignes refusées ne sont pas sur cette page. Téléchargez-les, corrigez-les dans un tableur, puis importez-les.
 }
lines-none = { $count ->
    [one] { $count } ligne refusée ne peut pas être corrigée ici. Téléchargez-la, corrigez-la dans un tableur, puis importez-la.
   *[other] { $count } lignes refusées ne peuvent pas être corrigées ici. Téléchargez-les, corrigez-les dans un tableur, puis importez-les.
 }
lines-download = Télécharger les lignes refusées
lines-line = Ligne { $line }
lines-cell = Ligne { $line }, champ { $cell }
lines-typed-cell = { $label } : { $value }
lines-error = Ligne { $line } – { $message }
lines-check = Revérifier
lines-back = Revenir à l’import
lines-too-long = Cette ligne est trop longue pour être corrigée ici : elle n’a pas été enregistrée. Raccourcissez-la, ou corrigez-la dans la liste.
lines-older-node = La mise à jour de Carnet n’est pas terminée : un serveur de l’ancienne version ne saurait pas lire les lignes corrigées. Rien n’a été enregistré. Réessayez dans quelques minutes, ou prévenez votre administrateur.
lines-checked = { $count ->
    [one] { $count } ligne est juste à présent. Corrigez aussi les autres, ou revenez à l’import pour décider.
   *[other] { $count } lignes sont justes à présent. Corrigez aussi les autres, ou revenez à l’import pour décider.
 }
lines-checked-all = Plus aucune ligne n’est refusée. Rien n’est encore écrit : vérifiez l’aperçu, puis décidez.
lines-applied = { $count ->
    [one] { $count } ligne corrigée a été traitée dans cet import.
   *[other] { $count } lignes corrigées ont été traitées dans cet import.
 }
lines-fixed = { $count ->
    [one] { $count } ligne refusée a été corrigée dans la page.
   *[other] { $count } lignes refusées ont été corrigées dans la page.
 }
lines-lost-title = Des lignes ne sont plus à corriger
lines-lost-text = Entre-temps, elles ont été corrigées par quelqu’un d’autre, ou ne sont plus refusées. Ce que vous aviez saisi pour elles n’a pas été enregistré ; copiez-le si vous en avez besoin.
lines-closed-busy = L’import est en cours : ses lignes ne peuvent pas être corrigées maintenant. Rien n’a été enregistré.
lines-closed-refused = Le fichier de cet import est refusé : ses lignes ne peuvent plus être corrigées. Rien n’a été enregistré.
lines-closed-cancelled = Cet import a été abandonné : ses lignes ne peuvent plus être corrigées. Rien n’a été enregistré.
lines-closed-undone = Cet import a été annulé : ses lignes ne peuvent plus être corrigées. Rien n’a été enregistré.
lines-closed-dropped = Le fichier de cet import n’est plus conservé : ses lignes ne peuvent plus être corrigées ici. Rien n’a été enregistré.
history-lines-fixed = Lignes refusées corrigées
webhooks-title = Webhooks
webhooks-intro = Un webhook prévient un autre outil dès qu’un contact change. Carnet envoie à l’adresse ce qui s’est passé : quel contact, quels champs, sans les valeurs.
webhooks-empty = Aucun webhook. Ajoutez l’adresse que votre outil vous donne.
webhooks-too-many = Il y a déjà { $max } webhooks : supprimez-en un d’abord
webhook-new = Nouveau webhook
webhook-add = Ajouter le webhook
webhook-url = Adresse
webhook-url-hint = Elle commence par https://. Carnet y envoie un message (POST) et attend une réponse 2xx pendant 10 secondes.
webhook-url-missing = Adresse : saisissez celle que votre outil vous donne
webhook-url-too-long = Adresse : { $max } caractères au plus
webhook-url-not-a-url = Adresse : écrivez-la en entier, par exemple https://outil.example.org/carnet
webhook-url-not-https = Adresse : elle doit commencer par https://. L’exploitant du serveur peut autoriser http pour un outil interne, avec --webhook-hosts
webhook-url-credentials = Adresse : retirez le nom et le mot de passe. L’outil reconnaît Carnet à la signature de chaque message
webhook-url-private = Adresse : elle désigne une machine interne. L’exploitant du serveur peut l’autoriser, avec --webhook-hosts
webhook-url-taken = Un webhook a déjà cette adresse : modifiez-le plutôt
webhook-events = Changements signalés
webhook-events-missing = Choisissez au moins un changement
webhook-event-created = Création
webhook-event-changed = Modification
webhook-event-deleted = Mise à la corbeille
webhook-event-restored = Restauration
webhook-event-merged = Fusion
webhook-event-erased = Suppression définitive
webhook-sends = Actif
webhook-state = État
webhook-state-on = Actif
webhook-state-failing = En échec
webhook-state-off = Arrêté
webhook-state-failed = Arrêté : trop d’échecs
webhook-state-restored = Arrêté : carnet restauré
webhook-delivered = Dernier message confirmé
webhook-delivered-never = Aucun
webhook-failing-since = En échec depuis
webhook-next-try = Prochain essai
webhook-trouble = Cause
webhook-trouble-address = l’adresse est celle d’une machine interne, que l’exploitant du serveur n’a pas autorisée (--webhook-hosts)
webhook-trouble-name = ce nom de machine est introuvable
webhook-trouble-connection = pas de connexion : machine arrêtée, port fermé ou certificat refusé
webhook-trouble-time = pas de réponse en 10 secondes
webhook-trouble-status = réponse { $status }, au lieu de 2xx
webhook-trouble-place = la position n’existe pas dans ce carnet
webhook-failed-text = L’outil n’a pas répondu pendant un jour, ou a demandé l’arrêt : plus rien ne lui est envoyé. Réparez-le, essayez-le, puis redémarrez le webhook.
webhook-restored-text = Ce carnet est une copie ou une sauvegarde restaurée. Redémarrez le webhook si c’est bien ce carnet-ci que l’outil doit suivre.
webhook-start = Reprendre là où il s’est arrêté
webhook-start-now = Reprendre à partir de maintenant
webhook-start-hint = À partir de maintenant : l’outil ne saura rien de ce qui s’est passé depuis l’arrêt.
webhook-stop = Arrêter
webhook-test = Envoyer un message d’essai
webhook-tested = L’outil a répondu { $status } au message d’essai.
webhook-test-failed = Le message d’essai n’a pas été confirmé : { $trouble }.
webhook-started = Le webhook est actif.
webhook-stopped = Le webhook est arrêté.
webhook-saved = Webhook enregistré.
webhook-gone = Quelqu’un a supprimé ce webhook pendant votre saisie. Rien n’est perdu : ajoutez-le à nouveau, ou quittez cette page
webhook-secret = Secret
webhook-secret-made = Secret du webhook
webhook-secret-made-text = Copiez-le maintenant dans votre outil, qui vérifie avec lui la signature de chaque message (Standard Webhooks) : il n’est affiché qu’ici et une seule fois.
webhook-secret-title = Remplacer le secret ?
webhook-secret-text = Les messages sont signés tout de suite avec le nouveau secret. Jusqu’à ce que votre outil le connaisse, il les refusera ; Carnet les enverra à nouveau.
webhook-secret-renew = Remplacer le secret
webhook-delete-title = Supprimer ce webhook ?
webhook-delete-text = L’outil ne sera plus prévenu des changements.
webhook-deleted = Webhook { $url } supprimé.
history-webhook-added = Webhook ajouté
history-webhook-edited = Webhook modifié
history-webhook-deleted = Webhook supprimé
waiting-webhooks = Webhooks arrêtés
restored-field = Carnet restauré ou copié
restored-title = Ce carnet est une copie ou une sauvegarde restaurée
restored-text = Les webhooks sont arrêtés : redémarrez ceux qui doivent suivre ce carnet. Les clés d’accès terminées depuis la sauvegarde fonctionnent de nouveau : vérifiez-les.
restored-no-key = Aucune clé d’accès ne fonctionne.
restored-keys = Clés qui fonctionnent
restored-confirm = J’ai vérifié
restored-seen = C’est noté.
restored-link = Ce carnet vient d’être restauré ou copié : vérifiez les clés d’accès et les webhooks
problem-malformed = L’adresse, un en-tête ou le corps de la requête n’a pas la forme attendue. La page /api donne les noms et les types des paramètres.
problem-not-found = Rien n’a ce chemin ou cet identifiant dans le carnet. La page /api donne les chemins.
problem-no-source-title = Source inconnue
problem-no-source = Aucune source n’a ce nom dans le carnet. Un administrateur l’ajoute sous « Sources », dans le menu de son compte.
problem-too-many-ids = Donnez au plus { $max } identifiants.
problem-parameter-title = Paramètre inconnu
problem-parameter = Cette requête n’a pas de paramètre « { $name } ». La page /api donne les noms.
problem-method = Ce chemin n’accepte pas cette méthode. La page /api donne les méthodes.
problem-length = Envoyez la longueur du corps, avec « Content-Length » ; « Transfer-Encoding: chunked » n’est pas accepté.
problem-too-large = Le corps de la requête dépasse { $limit }.
