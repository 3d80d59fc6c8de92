# Carnet, en français. Les espaces insécables (U+00A0 avant les deux-points et dans les guillemets, U+202F avant ; ! ?)
# sont de vraies espaces insécables dans ce fichier ; un test y veille.

## La page
app-name = Carnet
skip-link = Aller au contenu
nav-label = Menu principal
nav-contacts = Contacts
nav-search = Rechercher
nav-imports = Imports
nav-users = Comptes
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

## Ce qui ne va pas dans une valeur
fault-at-field = { $label } : { $reason }. { $cure }
fault-missing = valeur manquante
fault-missing-cure = Saisissez-la : c’est l’e-mail qui identifie le destinataire.
fault-too-long = { $length } caractères ; { $max } au plus
fault-too-long-cure = À raccourcir.
fault-too-short = moins de { $min } caractères
fault-too-short-cure = Choisissez-en un plus long, par exemple quelques mots à la suite.
fault-control = un caractère de contrôle ou un saut de ligne
fault-control-cure = Retirez-le, en saisissant la valeur à nouveau si rien ne se voit.
fault-civility = civilité inconnue
fault-civility-cure = Écrivez M., Mme ou Mlle.
fault-email = ce n’est pas une adresse e-mail
fault-email-cure = Écrivez une adresse comme nom@exemple.fr.
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
fault-field-count-fewer = Gardez les huit champs, vides s’il le faut : il faut sept virgules par ligne.
fault-line-too-long = ligne de plus de { $max } octets
fault-line-too-long-cure = Vérifiez qu’il ne manque pas de saut de ligne.
fault-superseded = la même adresse revient à la ligne { $line }
fault-superseded-cure = C’est la dernière qui compte ; retirez celle-ci si c’est bien la même personne.

## Champs d’un contact
field-civility = Civilité
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
email-needed-for-statuses = Saisissez un e-mail, ou décochez Copie et Transfert : ces statuts ont besoin d’une adresse
status-expert = Expert
status-copy = Copie
status-transfer = Transfert
status-expert-hint = peut être consulté avant de répondre
status-copy-hint = peut être mis en copie
status-transfer-hint = peut recevoir un dossier

## Carnet d’adresses
contacts-title = Carnet d’adresses
find-title = Qui peut aider ?
find-intro = Experts, personnes à mettre en copie, destinataires d’un transfert
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
filter-more = Service, ville, import
filter-apply = Filtrer
filter-remove = Retirer le filtre { $filter }
filter-clear = Tout effacer
filter-status = Statut
filter-all = Tous
import-column = Importation
statuses-column = Statuts
contact-column = Coordonnées
contact-add = Ajouter un contact
import-list = Importer une liste
statuses-submit = Valider la sélection
statuses-note = Les cases cochées ici ne valent que pour cette page : validez avant d’en changer.
statuses-unchanged = Aucun statut n’a changé.
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
page-nothing-more = Il n’y a plus de contact de ce côté de la liste.

## Un contact
contact-edit = Modifier
contact-delete = Supprimer
contact-new-title = Ajouter un contact
contact-edit-title = Modifier { $name }
contact-form-note = Le prénom et le nom sont obligatoires ; le reste est facultatif.
contact-statuses = Statuts
contact-none = Aucun statut
contact-updated = Modifié le { $date }
contact-updated-by = Modifié le { $date } par { $name }
contact-coordinates = Coordonnées
contact-address = Adresse postale
contact-identity = Identité
email-hint = Il identifie le destinataire ; nécessaire pour Copie et Transfert.
phone-hint = Par exemple 01 10 20 30 40 ou +33 1 10 20 30 40.
contact-added = Contact ajouté.
contact-restored = Cette adresse était celle d’un contact supprimé : il est de retour, avec ce que vous venez de saisir.
contact-saved = Contact enregistré.
contact-stale = Quelqu’un a enregistré ce contact pendant votre saisie. Rien n’est perdu : comparez, corrigez au besoin, puis enregistrez à nouveau
conflict-title = Ce qui diffère
conflict-field = Champ
conflict-theirs = Enregistré entre-temps
conflict-yours = Votre saisie
contact-delete-title = Supprimer { $name } ?
contact-delete-text = Le contact quitte le carnet et n’est plus trouvé par les agents. Il n’est pas détruit : un import ou un nouveau contact avec la même adresse e-mail le fait revenir.
contact-delete-confirm = Supprimer ce contact
contact-deleted = { $name } a été supprimé du carnet.

## Imports
imports-title = Imports
imports-caption = Imports, le plus récent d’abord
imports-empty = Aucune liste n’a encore été importée.
imports-older = Imports plus anciens
import-new-title = Importer une liste
import-name = Nom de l’import
import-name-hint = Sans espace, 50 caractères au plus ; il s’affichera dans la colonne Importation, par exemple juin2026.
import-name-missing = Saisissez un nom pour cet import, par exemple juin2026
import-name-space = Le nom de l’import ne contient pas d’espace : écrivez par exemple juin-2026
import-name-taken = Un import porte déjà ce nom : choisissez-en un autre
import-file = Fichier CSV
import-file-hint = CSV en UTF-8, séparé par des virgules, { $max } Mio au plus.
import-file-missing = Choisissez le fichier CSV à importer
import-file-again = Choisissez à nouveau le fichier : le navigateur ne le garde pas.
import-valid-anyway = Importer les lignes valides même si d’autres sont refusées
import-valid-hint = Sans cela, rien n’est écrit tant qu’une ligne est refusée : vous décidez ensuite.
import-submit = Importer la liste
import-effect = Les adresses déjà connues sont mises à jour : les huit champs du fichier remplacent ceux du carnet, même vides. Les statuts restent. Les nouveaux contacts sont Expert et Copie.
format-title = Le format du fichier
format-intro = Une ligne par destinataire, huit champs séparés par des virgules, toujours dans cet ordre. Aucun champ ne contient de virgule.
format-header-note = La première ligne peut porter les noms des colonnes.
format-column = Colonne
format-limit-title = Longueur
format-rule = Règle
format-limit = { $max } caractères
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
state-cancelled = Annulé
import-title-checking = { $name } : vérification en cours
import-title-deciding = { $count ->
    [one] { $name } : { $count } ligne à corriger
   *[other] { $name } : { $count } lignes à corriger
 }
import-title-applying = { $name } : import en cours
import-title-done = { $name } : import terminé
import-title-refused = { $name } : fichier refusé
import-title-cancelled = { $name } : import annulé
import-facts = { $file } · { $size } · envoyé le { $date }
import-facts-by = { $file } · { $size } · envoyé le { $date } par { $by }
import-sha = Empreinte SHA-256 du fichier
count-created = nouveaux
count-updated = mis à jour
count-to-update = à mettre à jour
count-unchanged = inchangés
count-restored = rétablis
count-superseded = en double
count-rejected = refusées
count-skipped = ignorées (en-tête, vides)
count-total = { $count ->
    [one] { $count } ligne dans le fichier
   *[other] { $count } lignes dans le fichier
 }
counts-label = Ce que deviennent les lignes
decide-title = Rien n’a encore été écrit.
decide-text = { $count ->
    [0] Aucune ligne n’est valide : corrigez le fichier et renvoyez-le.
    [one] Vous pouvez importer la ligne valide maintenant, ou corriger le fichier et le renvoyer.
   *[other] Vous pouvez importer les { $count } lignes valides maintenant, ou corriger le fichier et le renvoyer.
 }
decide-confirm = { $count ->
    [one] Importer la ligne valide
   *[other] Importer les { $count } lignes valides
 }
decide-cancel = Annuler l’import
progress-checking = Vérification du fichier : { $percent } %
progress-applying = { $done } lignes sur { $total }
progress-left = { $seconds ->
    [one] encore environ { $seconds } seconde
   *[other] encore environ { $seconds } secondes
 }
progress-leave = Vous pouvez quitter cette page : le travail continue, et l’import reste dans la liste des imports.
progress-refresh = Actualiser
progress-auto = Actualiser toutes les 2 s
progress-stop = Arrêter l’actualisation
cancel-note = Rien n’est encore écrit : annuler ne laisse aucune trace dans le carnet.
done-see = { $count ->
    [0] Voir les contacts de cet import
    [one] Voir le contact de cet import et lui donner ses statuts
   *[other] Voir les { $count } contacts de cet import et leur donner leurs statuts
 }
refused-title = Ce fichier ne peut pas être importé.
refused-again = Importer un autre fichier
cancelled-text = Rien n’a été écrit. Le nom est de nouveau libre.
rejected-title = Lignes refusées
rejected-caption = Lignes refusées, dans l’ordre du fichier
rejected-download = { $count ->
    [one] Télécharger la ligne refusée (CSV)
   *[other] Télécharger les { $count } lignes refusées (CSV)
 }
rejected-next = Lignes refusées suivantes
report-download = Télécharger le rapport (CSV)
superseded-title = Lignes en double
superseded-text = La même adresse e-mail revient plus loin dans le fichier : la dernière ligne compte.
superseded-caption = Lignes en double, dans l’ordre du fichier
superseded-next = Lignes en double suivantes
row-line = Ligne
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
import-counts = { $written } écrits, { $rejected } refusées sur { $lines } lignes
import-done-flash = Import terminé.
import-cancelled-flash = Import annulé : rien n’a été écrit.
import-too-late = Il est trop tard pour annuler : l’import est en cours d’écriture ou terminé.
refusal-empty = Le fichier est vide. Choisissez un fichier qui contient au moins une ligne.
refusal-spreadsheet = C’est un classeur (Excel ou LibreOffice), pas un fichier CSV. Dans Excel : Fichier, Enregistrer sous, « CSV UTF-8 », puis remplacez les points-virgules par des virgules. Dans LibreOffice : Enregistrer sous, « Texte CSV », jeu de caractères UTF-8, séparateur virgule.
refusal-utf16 = Le fichier est en UTF-16 (« Texte Unicode » d’Excel), pas en UTF-8. Dans Excel : Fichier, Enregistrer sous, « CSV UTF-8 ». Dans LibreOffice : Enregistrer sous, « Texte CSV », jeu de caractères UTF-8, séparateur virgule.
refusal-not-utf8 = Le fichier n’est pas en UTF-8 : ligne { $line }, octet { $byte }. Il est sans doute en Windows-1252. Dans Excel : Fichier, Enregistrer sous, « CSV UTF-8 ». Dans LibreOffice : Enregistrer sous, « Texte CSV », jeu de caractères UTF-8, séparateur virgule.
refusal-semicolons = Les champs sont séparés par des points-virgules, pas par des virgules (ligne { $line }). Dans LibreOffice : Enregistrer sous, « Texte CSV », séparateur virgule. Excel en français écrit toujours des points-virgules : remplacez-les par des virgules dans un éditeur de texte.
refusal-tabs = Les champs sont séparés par des tabulations, pas par des virgules (ligne { $line }). Dans LibreOffice : Enregistrer sous, « Texte CSV », séparateur virgule. Dans Excel : Enregistrer sous, « CSV UTF-8 », puis remplacez les points-virgules par des virgules.
refusal-header = Les colonnes ne sont pas dans le bon ordre (ligne { $line }). Il faut : Civilité, Prénom, Nom, E-mail, Service, Téléphone, Adresse, Ville.
check-finding = Ligne { $line }, { $column } : « { $value } » : { $reason }. { $cure }
check-summary = { $lines } lignes : { $valid } valides, { $rejected } refusées, { $superseded } en double, { $skipped } ignorées.
import-summary = { $lines } lignes : { $created } contacts nouveaux, { $updated } mis à jour, { $unchanged } inchangés, { $restored } rétablis, { $superseded } en double, { $rejected } refusées, { $skipped } ignorées.
import-stopped = Rien n’a été écrit : { $rejected } lignes sont refusées. Corrigez-les, ou importez les { $importable } autres avec --on-error import-valid.

## Comptes
username = Nom d’utilisateur
username-missing = Saisissez le nom d’utilisateur
username-taken = Un compte porte déjà ce nom : choisissez-en un autre
username-hint = 50 caractères au plus ; c’est lui qui sert à se connecter.
password = Mot de passe
new-password = Nouveau mot de passe
new-password-missing = Saisissez un mot de passe
new-password-hint = { $min } caractères au moins ; quelques mots à la suite font un bon mot de passe.
sign-in-title = Se connecter
sign-in-submit = Se connecter
sign-in-wrong = Nom d’utilisateur ou mot de passe incorrect
sign-in-wait = { $seconds ->
    [one] Trop d’essais : attendez { $seconds } seconde avant le suivant
   *[other] Trop d’essais : attendez { $seconds } secondes avant le suivant
 }
sign-in-note = La session prend fin après 12 heures sans activité.
signed-out = Vous êtes déconnecté.
setup-title = Créer l’administrateur
setup-intro = Carnet démarre pour la première fois. Le code à usage unique est affiché dans le terminal où le programme a été lancé.
setup-code = Code à usage unique
setup-code-wrong = Ce n’est pas le code affiché au dernier démarrage : recopiez-le tel quel, par exemple 1a2b-3c4d-5e6f-7a8b
setup-submit = Créer l’administrateur
setup-done = Administrateur créé. Ajoutez maintenant les comptes de votre équipe.
role = Rôle
role-missing = Choisissez un rôle
role-agent = Agent
role-coordinator = Coordinateur
role-administrator = Administrateur
role-agent-hint = cherche dans le carnet
role-coordinator-hint = tient le carnet : imports, contacts, statuts
role-administrator-hint = gère aussi les comptes
users-title = Comptes
users-caption = Comptes, par nom
user-add = Ajouter un compte
user-edit = Modifier { $name }
user-state = État
user-active = Actif
user-disabled = Désactivé
user-disable = Désactiver ce compte
user-disable-hint = Il ne peut plus se connecter et ses sessions prennent fin.
user-created = Créé le
user-password-title = Nouveau mot de passe
user-password-submit = Donner ce mot de passe
user-added = Compte { $name } ajouté.
user-saved = Compte { $name } enregistré.
user-password-saved = Nouveau mot de passe donné à { $name } ; ses sessions ont pris fin.
last-administrator = C’est le dernier administrateur actif : nommez-en d’abord un autre
actions = Actions
account-title = Mon compte
language = Langue
language-auto = Celle du navigateur
language-saved = Langue enregistrée.
current-password = Mot de passe actuel
current-password-wrong = Le mot de passe actuel n’est pas le bon
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
sessions-end = Déconnecter les autres sessions
sessions-ended = { $count ->
    [0] Aucune autre session n’était ouverte.
    [one] { $count } autre session déconnectée.
   *[other] { $count } autres sessions déconnectées.
 }

## Erreurs
error-home = Revenir au carnet
error-reference = Référence pour votre administrateur : { $reference }
error-right-title = Accès refusé
error-right = Votre rôle ne donne pas le droit { $right }. Demandez-le à un administrateur si vous en avez besoin.
error-forgery-title = Formulaire périmé
error-forgery = Ce formulaire n’a pas été accepté : il vient d’une autre adresse, ou il date d’avant votre dernière connexion. Revenez à la page, actualisez-la et recommencez.
error-not-found-title = Page introuvable
error-not-found = Cette page n’existe pas, ou ce qu’elle montrait a été supprimé.
error-method-title = Action impossible ici
error-method = Cette adresse existe, mais pas pour cette action. Passez par les liens et les boutons des pages.
error-too-large-title = Fichier trop volumineux
error-too-large = L’envoi dépasse la limite de { $limit }. Partagez la liste en plusieurs fichiers, ou demandez à un administrateur de relever la limite.
error-slow-title = Envoi interrompu
error-slow = L’envoi a été trop lent et s’est arrêté. Vérifiez votre connexion et recommencez.
error-conflict-title = Déjà fait
error-conflict = Quelqu’un a fait la même chose au même moment. Revenez à la page et vérifiez.
error-unavailable-title = Carnet est momentanément indisponible
error-unavailable = La base de données ne répond pas. Rien de ce qui était enregistré n’est perdu ; ce que vous veniez d’envoyer ne l’est pas encore. Attendez quelques secondes, puis actualisez la page pour l’envoyer à nouveau.
error-full-title = Le disque du serveur est plein
error-full = Rien n’a été écrit et rien n’est abîmé. Prévenez l’administrateur, qui fera de la place ; puis actualisez la page pour envoyer à nouveau.
error-request-title = Demande incompréhensible
error-request = L’adresse ou le formulaire est abîmé. Passez par les liens et les boutons des pages.
error-internal-title = Une erreur est survenue
error-internal = C’est une erreur de Carnet, pas la vôtre. Réessayez ; si elle revient, donnez la référence à votre administrateur.
