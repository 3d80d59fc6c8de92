# Carnet, in English.

## The page
app-name = Carnet
skip-link = Skip to content
nav-label = Main menu
nav-menu = Menu
nav-contacts = Contacts
nav-search = Search
nav-imports = Imports
nav-users = Users
nav-account = My account
sign-out = Sign out
footer-text = Carnet, the contact centre’s address book
error-prefix = Error: { $title }
problem = There is a problem
required-note = All fields are required.
save = Save
cancel = Cancel
back = Back
yes = yes
no = no
empty-value = (empty)
previous-page = Previous page
next-page = Next page
first-page = First page
pages-label = Pages
list-range = { $first }–{ $last }
list-range-of = { $first }–{ $last } of { $total } · page { $page }/{ $pages }

## What is wrong with a value
fault-at-field = { $label }: { $reason }. { $cure }
fault-missing = missing
fault-missing-cure = Enter it: the e-mail is what identifies the recipient.
fault-too-long = { $length } characters; at most { $max }
fault-too-long-cure = Shorten it.
fault-too-short = fewer than { $min } characters
fault-too-short-cure = Choose a longer one, for example a few words in a row.
fault-control = a control character or a line break
fault-control-cure = Remove it. If you cannot see it, type the value again.
fault-civility = unknown title
fault-civility-cure = Write M., Mme or Mlle.
fault-email = not an e-mail address
fault-email-cure = Write an address like name@example.com.
fault-invisible = invisible character { $code }
fault-invisible-cure = Type the value again instead of copying it.
fault-email-apostrophe = an apostrophe before the address
fault-email-apostrophe-cure = Remove it.
fault-email-sign = “{ $sign }” cannot be used after the @
fault-email-sign-cure = Keep the address alone, like name@example.com: letters, digits, hyphens and dots after the @.
fault-email-number = the domain ends with a number
fault-email-number-cure = Write the name of the domain, like example.com, not its IP address.
fault-email-host = what follows the @ is not a domain name
fault-email-host-cure = Check it: a name like example.com, without a hyphen at its beginning or end.
fault-no-digit = no digit
fault-no-digit-cure = Write a number like 01 10 20 30 40.
fault-digits = something other than digits (spaces, dots, letters, a + sign)
fault-digits-cure = Write the digits in a row: 0110203040 or 0033110203040.
fault-white-space = a space
fault-white-space-cure = Remove it, or put a hyphen in its place.
fault-field-count = { $found ->
    [one] { $found } field instead of 8
   *[other] { $found } fields instead of 8
 }
fault-field-count-more = Does a field contain a comma? Remove it, even between quotes.
fault-field-count-fewer = Keep all eight fields, even empty ones: each line has seven commas.
fault-separator = the field holds the sign “{ $sign }”, which separates the fields
fault-separator-cure = Remove it, even between quotes.
fault-line-too-long = a line of more than { $max } bytes
fault-line-too-long-cure = Check that no line break is missing.
fault-bare-return = old Mac line endings (carriage return alone, CR) inside the line
fault-bare-return-cure = Save the file with LF or CRLF line endings: several lines read as one here.
fault-superseded = the same address appears again on line { $line }
fault-superseded-cure = The last one counts; remove this one if it is the same person.

## Fields of a contact
field-civility = Title
civility-none = None
field-first-name = First name
field-last-name = Last name
field-email = E-mail
field-service = Service
field-phone = Phone
field-address = Address
field-city = City
first-name-missing = Enter the first name
last-name-missing = Enter the last name
email-taken = Another contact already has this e-mail address. Look for them in the book, or enter another address
email-needed-for-statuses = Enter an e-mail, or clear Copy and Transfer: these statuses need an address
status-expert = Expert
status-copy = Copy
status-transfer = Transfer
status-expert-hint = can be asked before answering
status-copy-hint = can be copied in (Cc)
status-transfer-hint = can be handed a case

## Address book
contacts-title = Address book
find-title = Who can help?
find-label = Name, service, organization, topic, language, city, e-mail or phone number
find-everybody = Browse all contacts
results = { $count ->
    [0] No results
    [one] { $count } result
   *[other] { $count } results
 }
results-many = More than { $count } results
results-for = { $results } for “{ $query }”
search-corrected-none = No results for “{ $query }”.
search-corrected = Results for “{ $query }”.
search-as-typed = Search for the text as typed
search-or = Other spellings:
topics-all = All topics…
away-today = Away today
away-more = More contacts are away today.
beside-label = Next to this contact in the list
beside-previous = previous
beside-next = next
contact-call = Call
contact-write = Write
contact-copy-in = Copy in (Cc)
contact-rest = More information
history-count = History ({ $count })
note-new = Add a note
contacts-total = { $count ->
    [0] No contacts
    [one] { $count } contact
   *[other] { $count } contacts
 }
contacts-more-than = More than { $count } contacts
contacts-caption = Contacts by name
search-label = Search for a name, a service, a city, an e-mail or a phone number
search-submit = Search
search-page-title = { $query } – Search
filter-search = Search
filters-label = Active filters
filter-apply = Filter
filter-remove = Remove the filter { $filter }
filter-clear = Clear filters
filter-status = Status
import-column = Import
statuses-column = Statuses
contact-column = Details
contact-add = Add a contact
contact-add-short = Add
contact-add-rest = a contact
import-list = Import a list
statuses-submit = Save the selection
statuses-unchanged = No statuses have changed.
statuses-submit-next = Save, next page
skip-to-save = Go to “Save the selection”
tick-all = all
tick-none = none
tick-all-label = all – { $status }: tick the whole page
tick-none-label = none – { $status }: untick the whole page
tick-left-out = { $count ->
    [one] One contact without an e-mail cannot be { $status }: it was left out.
   *[other] { $count } contacts without an e-mail cannot be { $status }: they were left out.
}
column-chosen = Choose
column-belonging = Service · organization
column-email = E-mail
column-phone = Phone
column-changed = Changed
letters-label = Go to a letter
rows-per-page = Contacts per page
chosen-title = Chosen contacts…
chosen-hint = Tick the boxes on the left to choose contacts on this page; they are not kept from page to page.
chosen-bulk = Statuses, organization…
chosen-merge = Merge…
chosen-message = Write to them…
chosen-export = Export…
chosen-delete = Move to trash…
chosen-none = No contacts chosen: first tick the box to the left of a name.
chosen-two = To merge, choose at least two contacts: tick the boxes to the left of their names.
filter-chosen = Chosen contacts
undo = Undo
statuses-saved = { $count ->
    [one] Statuses saved: { $count } contact changed.
   *[other] Statuses saved: { $count } contacts changed.
 }
no-email = no e-mail
no-phone = no phone number
list-empty = The book is empty.
list-empty-hint = Import a list of recipients, from the template, or add a first contact.
list-empty-agent = A coordinator has to import a list first.
list-nothing-found = No contacts match.
list-nothing-found-hint = Check the spelling, search by the beginning of a word, or remove a filter.
page-nothing-more = End of the list.

## A contact
contact-edit = Edit
contact-delete = Delete
contact-new-title = Add a contact
contact-edit-title = Edit { $name }
contact-form-note = First and last name are required; everything else is optional.
contact-statuses = Statuses
contact-none = No status
contact-address = Postal address
contact-identity = Identity
contact-reach = E-mail and phones
contact-more-reach = Other e-mails and phones
email-hint = It identifies the recipient; Copy and Transfer need it.
contact-added = Contact added.
contact-added-without-copy = Contact added without the status Copy, which needs a work e-mail.
contact-saved = Contact saved.
conflict-field = Field
conflict-theirs = Saved meanwhile
conflict-yours = What you typed
contact-delete-title = Delete { $name }?
contact-delete-confirm = Delete this contact

## Imports
imports-title = Imports
imports-caption = Imports: first those that wait for a decision, then the latest first
imports-empty = No lists have been imported yet.
import-new-title = Import a list
import-name = Name of the import
import-name-optional = Name of the import (optional)
import-name-hint = At most 50 characters, no spaces. If left empty, it is taken from the name of the file.
import-name-missing = Enter a name for this import, for example june2026
import-name-space = The name of an import cannot contain spaces: write for example june-2026
import-name-taken = An import already has this name: choose another
import-file = File
import-file-hint = CSV, a workbook (XLSX, XLS, ODS) or contact cards (vCard), at most { $max } MiB.
import-file-missing = Choose the file to import
import-file-again = Choose the file again: the browser does not keep it.
import-valid-anyway = Import the valid lines even if others are rejected
import-valid-hint = Otherwise nothing is written if a line is rejected: you decide then.
import-submit = Send and check
import-effect = Addresses that are already known are updated: the eight fields of the file replace those of the book, even empty ones. Statuses stay. New contacts are Expert and Copy.
steps-label = Steps
step-file = File
step-check = Check
step-done = Done
format-title = The format without questions
format-intro = A list in this format is checked at once; for any other list, you first say what each column holds. One line per recipient, eight fields separated by commas, always in this order. No field may contain a comma.
format-header-note = The first line may contain the names of the columns, in French.
format-column = Column
format-limit-title = Length
format-rule = Rule
format-civility = M., Mme or Mlle; M. if empty
format-optional = optional
format-email = required: identifies the recipient
format-phone = digits only, no space: 0110203040 or 0033110203040
format-template = Download a template
state-checking = Being checked
state-deciding = Waiting for a decision
state-applying = Being imported
state-done = Done
state-refused = Refused
state-cancelled = Discarded
import-title-checking = { $name }: being checked
import-title-applying = { $name }: being imported
import-title-done = { $name }: import done
import-title-cancelled = { $name }: import discarded
import-facts = { $file } · sent on { $date }
import-facts-by = { $file } · sent on { $date } by { $by }
count-created = { $count ->
   *[other] added
 }
count-to-create = to add
count-updated = updated
count-to-update = to update
count-unchanged = { $count ->
   *[other] unchanged
 }
count-restored = { $count ->
   *[other] restored from the trash
 }
count-to-restore = to restore from the trash
count-superseded = repeated in the file
count-rejected = { $count ->
   *[other] rejected
 }
count-skipped = { $count ->
    [one] line skipped (header or empty)
   *[other] lines skipped (header or empty)
 }
count-total = { $count ->
    [one] { $count } line in the file
   *[other] { $count } lines in the file
 }
counts-label = What happens to the lines
decide-text = { $count ->
    [0] No line is valid: fix the rejected lines below, or fix the file and send it again.
    [one] You can import the valid line now, or fix the others below first.
   *[other] You can import the { $count } valid lines now, or fix the others below first.
 }
decide-confirm = { $count ->
    [one] Import the valid line
   *[other] Import the { $count } valid lines
 }
progress-checking = Checking the file: { $percent }%
progress-left = { $seconds ->
    [one] about { $seconds } second left
   *[other] about { $seconds } seconds left
 }
progress-leave = You can leave this page: the work continues, and the import stays in the list of imports.
progress-refresh = Refresh
progress-auto = Refresh every 2 s
progress-stop = Stop refreshing
cancel-note = Nothing is written yet: discarding leaves no trace in the book.
refused-title = This file cannot be imported
refused-nothing = Nothing was written to the book, and the name of the import is still free.
refused-again = Choose another file
cancelled-text = Nothing was written. The name of the import is free again.
rejected-title = Rejected lines
rejected-caption = Rejected lines, in the order of the file
rejected-download = Download the lines as they were (CSV)
rejected-download-reasons = { $count ->
    [one] Download the rejected line with its reason (CSV)
   *[other] Download the { $count } rejected lines with their reasons (CSV)
 }
rejected-groups-caption = Rejected lines, by reason
rejected-partial = The file has more rejected lines, or more reasons, than this page shows: the full list and the report have them all.
rejected-alike = See the { $count } lines
rejected-all = All rejected lines, in the order of the file
rejected-by-reason = Group them by reason
rejected-next = Next rejected lines
report-download = Download the report (CSV)
rejected-raw = The rejected lines are downloaded as they were received: a spreadsheet would run the formulas in them. The report is safe.
superseded-title = Repeated lines
superseded-text = The same e-mail address appears again further down in the file: the last line counts.
superseded-caption = Repeated lines, in the order of the file
superseded-next = Next repeated lines
row-line = Line
row-lines = Lines
row-first = First lines
row-column = Column
row-value = Value
row-why = Why, and what to do
whole-line = Whole line
whole-file = Whole file
report-line = Line
report-column = Column
report-value = Value
report-reason = Reason
report-cure = What to do
import-name-column = Import
import-state-column = State
import-date-column = Date
import-by-column = By
import-counts-column = Result
import-done-flash = Import done.
import-cancelled-flash = Import discarded: nothing was written.
import-too-late = It is too late to discard it: the import is being written, or done.
refusal-empty = The file is empty. Choose a file with at least one line.
refusal-spreadsheet = This is a spreadsheet (Excel or LibreOffice), not a CSV file. In Excel: File, Save As, “CSV UTF-8”. In LibreOffice: Save As, “Text CSV”, character set UTF-8, field delimiter comma.
refusal-utf16 = The file is in UTF-16 (Excel’s “Unicode Text”), not in UTF-8. In Excel: File, Save As, “CSV UTF-8”. In LibreOffice: Save As, “Text CSV”, character set UTF-8, field delimiter comma.
refusal-not-utf8 = The file is not in UTF-8: line { $line }, byte { $byte }. It is probably in Windows-1252. In Excel: File, Save As, “CSV UTF-8”. In LibreOffice: Save As, “Text CSV”, character set UTF-8, field delimiter comma.
refusal-semicolons = The fields are separated by semicolons, not by commas (line { $line }). In LibreOffice: Save As, “Text CSV”, field delimiter comma. Excel in French always writes semicolons: replace them with commas in a text editor.
refusal-tabs = The fields are separated by tabs, not by commas (line { $line }). In LibreOffice: Save As, “Text CSV”, field delimiter comma. In Excel: Save As, “CSV UTF-8”.
refusal-header = The columns are not in the right order (line { $line }). They must be: Civilité, Prénom, Nom, E-mail, Service, Téléphone, Adresse, Ville.
check-finding = Line { $line }, { $column }, “{ $value }”: { $reason }. { $cure }

## Users
username = User name
username-missing = Enter the user name
username-taken = A user already has this name: choose another
username-hint = At most 50 characters; it is used to sign in.
display-name = Display name
display-name-hint = The name that signs notes and the history, 100 characters at most. If left empty, it is the user name.
display-name-company = The name that signs notes and the history. The company account fills it in at each sign-in, as it does the e-mail, if it sends them.
account-names-hint = Only an administrator can change them.
password = Password
new-password = New password
new-password-missing = Enter a password
sign-in-title = Sign in
sign-in-submit = Sign in
sign-in-wrong = Wrong user name or password
sign-in-wait = { $seconds ->
    [one] Too many attempts: wait { $seconds } second before you try again
   *[other] Too many attempts: wait { $seconds } seconds before you try again
 }
signed-out = You are signed out.
setup-title = Create the administrator
setup-intro = Carnet is starting for the first time. The one-time code is shown in the terminal where the program was started.
setup-code = One-time code
setup-code-wrong = This is not the code shown at the last start: copy it exactly, for example 1a2b-3c4d-5e6f-7a8b
setup-submit = Create the administrator
setup-done = Administrator created. Now add the users of your team.
role = Role
role-missing = Choose a role
role-agent = Agent
role-coordinator = Coordinator
role-administrator = Administrator
role-agent-hint = searches the book
role-coordinator-hint = looks after the book: imports, contacts, statuses
role-administrator-hint = also manages users
users-title = Users
users-caption = Users, by name
user-add = Add a user
user-edit = Edit { $name }
user-state = State
user-active = Active
user-disabled = Disabled
user-disable = Disable this account
user-disable-hint = It can no longer sign in, and its sessions end.
user-disable-ask = Disable the account of { $name }?
user-name = Name
user-signed-in = Last sign-in
user-signed-in-never = none
user-signed-in-at = Last sign-in: { $date }.
user-signed-in-never-yet = No sign-in recorded.
user-created-at = Created on { $date }.
user-password-title = New password
user-password-submit = Set this password
user-password-text = This person will have to sign in again with this password, in all their browsers.
user-added = User { $name } added.
user-saved = User { $name } saved.
user-password-saved = New password set for { $name }; their sessions have ended.
last-administrator = This is the last active administrator: make somebody else an administrator first
actions = Actions
account-title = My account
language = Language
language-auto = Same as the browser
language-saved = Language saved.
current-password = Current password
current-password-wrong = The current password is wrong
password-title = Change password
password-submit = Change the password
password-saved = Password changed; your other sessions have ended.
sessions-title = My sessions
sessions-caption = Open sessions, the latest used first
session-browser = Browser
session-since = Opened on
session-seen = Last activity
session-current = this one
session-unknown = unknown
sessions-password-hint = Your password is asked for before a session is signed out.
sessions-end = Sign out elsewhere
sessions-ended = { $count ->
    [0] No other session was open.
    [one] { $count } session signed out.
   *[other] { $count } sessions signed out.
 }

## Errors
error-home = Back to the book
error-reference = Reference for your administrator: { $reference }
error-right-title = Access denied
error-right = { $who } Ask an administrator if you need it.
error-right-coordinators = Only coordinators and administrators can do this.
error-right-administrators = Only administrators can do this.
error-forgery-title = Outdated form
error-forgery = This form was not accepted: it comes from another address, or from before you last signed in. Go back to the page, refresh it and try again.
error-not-found-title = Page not found
error-not-found = This page does not exist, or what it showed was deleted.
error-method-title = Not possible here
error-method = This address exists, but not for this action. Use the links and buttons of the pages.
error-slow-title = Sending interrupted
error-slow = Sending stopped before the end. Nothing was saved. Check your connection and try again.
error-gone-title = Nothing was saved
error-gone = What this form changes no longer exists: somebody deleted it while you were typing.
error-typed-title = What you typed
error-typed-text = Copy this text before you leave the page if you still need it.
error-in-trash-title-unnamed = This contact is in the trash
error-in-trash-title = { $name } is in the trash
error-in-trash = Somebody deleted this contact while you were typing; what you typed is not saved. Restore the contact from the trash, or ask a coordinator to do it, then start again.
error-conflict-title = Already done
error-conflict = Someone did the same thing at the same moment. Go back to the page and check.
error-unavailable-title = Carnet is unavailable for the moment
error-unavailable = The database does not answer. Nothing that was saved is lost; what you have just sent is not saved yet. Wait a few seconds, then refresh the page to send it again.
error-full-title = The server’s disk is full
error-full = Nothing was written and nothing is damaged. Tell the administrator, who will free some space; then refresh the page to send again.
error-request-title = Request not understood
error-request = The address of the page or the form that was sent is incomplete or damaged. Use the links and buttons of the pages.
error-internal-title = Something went wrong
error-internal = This is an error in Carnet, not yours. Try again; if it comes back, give the reference to your administrator.

## The whole contact
field-title = Job title
field-organization = Organization
field-email-work = Work e-mail
field-email-personal = Personal e-mail
field-email-other = Other e-mail
field-phone-work = Work phone
field-phone-cell = Mobile phone
field-phone-home = Home phone
field-phone-other = Other phone
field-sms-work = The work phone takes text messages
field-sms-cell = The mobile takes text messages
field-sms-home = The home phone takes text messages
field-sms-other = The other phone takes text messages
field-postal-code = Postal code
field-state = State or region
field-country = Country
field-external-url = Record in another system
field-survey-opt-out = Do not contact for surveys
field-contact-type = Contact type
field-name = Name
field-website = Website
field-industry = Industry
default-country = Default country
fault-extension = an extension alone
fault-extension-cure = Write the whole number before it, for example +33 1 10 20 30 40 ext. 12.
fault-shortened = the spreadsheet has shortened this number: digits are missing
fault-shortened-cure = Format the column as text, then enter the whole number.
fault-url = not the address of a page
fault-url-cure = Write an address that begins with https://, for example https://crm.example.com/record/12.
fault-country = unknown country
fault-country-cure = Choose it from the list.
fault-integer = not a whole number of 18 digits at most
fault-integer-cure = Write for example 1240.
fault-number = not a number
fault-number-cure = Write for example 3.5.
fault-date = not a date
fault-date-cure = Write for example 30/06/2026.
fault-date-time = not a date with its time
fault-date-time-cure = Write for example 30/06/2026 9:41.
fault-choice = not one of the choices
fault-choice-cure = Choose from the list.
fault-source-name = something other than letters, digits and hyphens
fault-source-name-cure = Remove it, or put a hyphen in its place.
fault-number-block = a line is not the beginning of a number
fault-number-block-cure = Write for example 01 42 68 or +33 1 42 68, one per line, with at least four digits behind the country code.
fault-number-block-twice = a beginning is there twice
fault-number-block-twice-cure = Keep one.
fault-number-blocks = there are more than { $max } lines
fault-number-blocks-cure = Join some under a shorter beginning.
fault-network = one of its lines is neither an IP address nor a network
fault-network-cure = Write for example 10.1.2.3 or 10.1.0.0/16, one per line.
fault-networks = it has more than { $max } networks
fault-networks-cure = Remove some, or join them in a larger one.
fault-tags = more than { $max } tags
fault-tags-cure = Remove some.
custom-missing = Fill in { $label }: this contact type asks for it
organization-unknown = This organization is not in the book yet: choose one with a similar name, or create it
organization-hint = The beginning of its name, then “Find the organization”.
organization-find = Find the organization
organization-find-short = Find
organization-offers = Organizations with a similar name:
organization-none = No organization has a similar name: create it, or clear the field.
organization-found = { $name } is in the book: save when the rest is ready.
organization-create = Create the organization “{ $name }”
organization-create-whole = Create it with its details…
organization-created = The organization { $name } is created: save when the rest is ready.
contact-type-unknown = This contact type no longer exists: choose another
contact-type-choose = Type
contact-type-none = (none)
contact-type-off-suffix = (switched off)
contact-type-show = Show this type’s fields
choice-none = (none)
choice-former = (no longer offered)
country-none = (not given)
contact-links = Links and social channels
contact-preferences = Surveys
external-url-hint = An address that begins with https:// or http://, 1,000 characters at most.
social-hint = For each channel: the account’s name, or the page’s address.
social-whatsapp-hint = The number with its country, for example +33 6 12 34 56 78.
survey-hint = no satisfaction survey is sent
statuses-need-email = Copy and Transfer need a work e-mail; Expert does not.
phone-hint = For example 01 10 20 30 40, +32 2 555 12 12, or 01 10 20 30 40 ext. 12.
takes-sms = SMS
phone-unread = number not recognized
second-number-move = Move { $number } to “{ $field }”
second-number-moved = { $number } is now in “{ $field }”.
second-number-full = This field contains several numbers and no other field is free: edit the contact to free one.
second-number-by-hand = This field contains several numbers: edit the contact to give each its own.
second-number-stale = Nothing was moved: the contact has been changed meanwhile. This is what it contains now.
second-number-not-there = Nothing was moved: this field has no second number to move.
email-in-trash = This address belongs to a contact in the trash: restore it, or type another address
email-was-of = This is the former address of a merged contact, “{ $name }”: open that contact, or save again if the address now belongs to this person
email-was-of-link = See “{ $name }”
email-in-trash-link = See this contact in the trash
contact-gone = Someone deleted this contact while you were typing. Nothing is lost: restore it and save what you typed, or cancel
contact-stale = Someone saved this contact while you were typing. Nothing is lost: compare, choose where needed, then save again
save-and-restore = Restore and save
form-stale = Somebody saved something else while you were typing. Nothing is lost: compare, correct where needed, then save again
effects-changed = The effects are no longer the ones you saw. Nothing was changed: read them again, then confirm again
contact-type-gone = Somebody deleted this type while you were typing. Nothing is lost: save to add it again, or cancel
custom-field-gone = Somebody deleted this field while you were typing. Nothing is lost: choose its type and save to add it again, or cancel
conflict-title = What differs
conflict-before = Before
conflict-kept = Will be saved
conflict-keeps-theirs = the other version, already in the form
conflict-keeps-yours = yours
conflict-keep-yours = keep mine
conflict-keep-theirs = keep the other
conflict-note = The form below already contains this choice; you can still correct it.
contact-delete-text = The contact leaves the book and agents no longer find it. It stays in the trash for 30 days and can be restored from there; an import or a new contact with the same e-mail brings it back too.
contact-restored = This address belonged to a deleted contact: it has been restored, with what you typed added to what it had.
data-link = Personal data (GDPR)
trash-here-title = In the trash
trash-here = Deleted on { $date }. Restore this contact, or delete it permanently.
trash-restore = Restore
erase = Delete permanently

## Notes
notes-title = Notes
notes-of = Notes on { $name }
notes-all = All notes
notes-older = Older notes
notes-none = No notes.
note = Note
note-hint = 32,000 characters at most; line breaks are kept. Only you will be able to edit or delete it.
note-add = Add the note
note-missing = Enter the text of the note
note-too-long = The note has { $length } characters: shorten it to { $max } at most
note-edited = edited on { $date }
note-whole = Read more
note-edit = Edit the note
note-delete = Delete the note
note-edit-title = Edit the note
note-delete-title = Delete this note?
note-delete-text = The note will be deleted permanently, for everybody.
note-delete-confirm = Delete this note
note-added = Note added.
note-saved = Note saved.
note-deleted = Note deleted.

## History
history-title = History
history-of = History of { $name }
history-all = The whole history
history-older = Older
history-unknown = Action of a newer version of Carnet
history-by-itself = Carnet
history-by-import = import { $name }
history-became = became
history-made = In the book since { $date }.
history-made-by-import = Added by the import { $name } on { $date }.
history-contact-added = Contact added
history-contact-edited = Contact edited
history-contact-deleted = Contact moved to the trash
history-contact-restored = Contact restored
history-contact-erased = Contact deleted permanently
history-contact-data-exported = Personal data of the contact exported
history-note-added = Note added
history-note-edited = Note edited
history-note-deleted = Note deleted
history-organization-added = Organization added
history-organization-edited = Organization edited
history-organization-deleted = Organization deleted
history-type-added = Contact type added
history-type-edited = Contact type edited
history-type-deleted = Contact type deleted
history-source-added = Source added
history-source-edited = Source renamed
history-source-deleted = Source deleted
history-external-ids-edited = Ids edited
history-trash-emptied = Emptying of the trash
history-import-started = Import started
history-import-applied = Import finished
history-settings-edited = Settings edited
history-phones-read-again = Numbers read again
history-account-added = User added
history-account-edited = User edited
history-password-set = Password set or changed
history-exported = Activity log exported

## Errors, continued
error-not-yours-title = Not your note
error-not-yours = Only the person who wrote a note can edit or delete it.
custom-required = Required.
custom-tag-hint = One tag per line, 10 at most, of 100 characters at most.
custom-integer-hint = A whole number, for example 1240.
custom-number-hint = A number, for example 3.5.
custom-date-hint = A date, for example 30/06/2026.
custom-date-time-hint = A date with its time, for example 30/06/2026 9:41.
custom-url-hint = An address that begins with https:// or http://, 200 characters at most.
custom-text-area-hint = 1,000 characters at most.

## Contact types
nav-contact-types = Contact types
contact-types-title = Contact types
contact-types-intro = A type adds fields to the form for certain contacts.
contact-types-caption = Contact types, in the form’s order
contact-types-empty = No contact types. Add one if some contacts need further fields.
contact-type-add = Add a type
contact-type-name-hint = 100 characters at most, for example Contractor.
contact-type-name-missing = Enter the name of the type
contact-type-name-taken = A type has this name already: choose another
contact-type-added = Type { $name } added: now give it its fields.
contact-type-saved = Type { $name } saved.
contact-type-deleted = Type { $name } deleted.
contact-type-edit = Edit the type { $name }
contact-type-change = Edit the type
contact-type-switch-off = Switch this type off
contact-type-switch-off-hint = it is no longer offered and its fields are hidden; nothing that was typed is lost
contact-type-in-use = { $count ->
    [one] This cannot be deleted: { $count } contact would lose something. Switch it off instead: everything is kept.
   *[other] This cannot be deleted: { $count } contacts would lose something. Switch it off instead: everything is kept.
 }
contact-type-unused = No contact loses anything.

## Sources and external ids
sources-title = Sources
sources-intro = A source is another tool in which your contacts have an id: payroll, billing… The search finds a contact by each of its ids.
sources-empty = No sources. Add one to note the ids of your contacts in another tool.
source-add = Add the source
source-name = Name of the source
source-name-hint = Letters, digits and hyphens, 50 at most, for example SAP-HR.
source-name-missing = Enter the name of the source
source-name-taken = A source has this name already: choose another
sources-too-many = There are { $max } sources already: delete one first
source-added = Source { $name } added.
source-saved = Source { $name } saved.
source-deleted = Source { $name } deleted.
source-edit = Rename the source { $name }
source-gone = Somebody deleted this source while you were typing. Nothing is lost: add it again, or leave this page
source-unused = No contact has an id in this source.
source-in-use = { $count ->
    [one] { $count } contact has an id in this source: it will be deleted too. The history of the contact keeps it.
   *[other] { $count } contacts have an id in this source: it will be deleted too. The history of each contact keeps it.
 }
external-ids-link = Ids
external-ids-title = Ids: { $name }
external-ids-text = The ids of this contact in other tools, of 255 characters at most. The search finds the contact by each of them.
external-ids-none = There is no source: an administrator can add some in the account’s menu.
external-ids-saved = Ids saved.
external-id-in = Id in { $source }
external-id-taken = Id in { $source }: { $name } has it already. Correct it, or remove it from the other contact first.
external-id-in-trash = Id in { $source }: { $name } has it already, in the trash. Correct it, or delete the other contact permanently first.
external-ids-again = An id was just removed from another contact: save again
external-ids-source-gone = The source { $source } was just renamed or deleted. Nothing is saved yet; you had typed there: { $value }
switched-on = On
switched-off = Off
order = Order
move-up = Up
move-down = Down
custom-fields-caption = Fields of this type, in the form’s order
custom-fields-empty = This type has no field yet.
custom-field-add = Add a field
custom-field-edit = Edit the field { $name }
custom-field-label = Label
custom-field-label-hint = Shown above the field; 100 characters at most.
custom-field-label-missing = Enter the field’s label
custom-field-label-taken = This type already has a field with this name: choose another label
custom-field-again = Another field was added at the same moment: save again
custom-field-kind = Field type
custom-field-kind-hint = It cannot be changed later. The search finds identifiers and tags.
custom-field-kind-step = Choose this type
custom-field-kind-fixed = Field type: { $kind }. It can no longer be changed.
custom-field-kind-missing = Choose the field’s type
custom-field-choices = Choices of the list
custom-field-choices-hint = One choice per line, 50 at most, of 100 characters at most.
custom-field-choices-missing = Enter at least one choice, one per line
custom-field-choices-too-many = The list has more than { $max } choices: remove some
custom-field-required = Required
custom-field-required-hint = asked for whenever a contact of this type is saved
custom-field-switch-off = Switch this field off
custom-field-switch-off-hint = it is hidden; nothing that was typed is lost
custom-field-saved = Field { $name } saved.
custom-field-deleted = Field { $name } deleted.
effects-title = What this changes for contacts
effects-nothing-lost = Nothing that was typed is lost.
effects-confirm = Confirm
effect-hidden = { $count ->
    [one] { $count } contact: what was typed there will be hidden, and comes back when you switch it on again.
   *[other] { $count } contacts: what was typed there will be hidden, and comes back when you switch it on again.
 }
effect-shown = { $count ->
    [one] { $count } contact: what was typed there will be visible again.
   *[other] { $count } contacts: what was typed there will be visible again.
 }
effect-without = { $count ->
    [one] { $count } contact has nothing in this field: it stays as it is, and the field is asked for when it is next edited.
   *[other] { $count } contacts have nothing in this field: they stay as they are, and the field is asked for when they are next edited.
 }
effect-former = { $count ->
    [one] { $count } contact keeps a choice that you remove; it will no longer be offered to others.
   *[other] { $count } contacts keep a choice that you remove; it will no longer be offered to others.
 }
kind-text = Text (100 characters)
kind-text-area = Long text (1,000 characters)
kind-identifier = Identifier
kind-tag = Tags
kind-integer = Whole number
kind-number = Number
kind-date = Date
kind-date-time = Date and time
kind-check-box = Check box
kind-list = List
kind-url = Address of a page

## Session ended
interrupted-title = Your session has ended
interrupted-text = Sign in again: what you typed is given back to you then.
resume-title = You are signed in again
resume-text = This is not saved yet. If you typed it, continue: it will be saved under your name.
resume-submit = Continue saving
resume-drop = Discard
resume-secret = A password or a code is never kept: type it again.
not-saved-text = Nothing was saved. Sign in again: you then come back to the page where you were.
nothing-saved = Nothing was saved.
## Activity log
audit-title = Activity log
audit-intro = Who did what and when, the latest first.
audit-export = Download the log (CSV)
audit-of-contact = See this contact in the activity log
audit-contact = Contact
audit-contact-gone = contact deleted permanently
audit-person = Person
audit-everybody = Everybody
audit-by-carnet = Carnet itself
audit-action = Action
audit-every-action = All
audit-since = From
audit-until = Until (inclusive)
audit-until-before-since = The end is before the beginning: check both dates
audit-nothing-found = Nothing in the log matches.
audit-nothing-found-hint = Widen the dates or remove a filter.
audit-nothing-older = End of the list.
audit-empty = The log is empty: everything done from now on will appear here.
audit-date = Date
audit-subject = Subject
audit-field = Field
audit-old = Before
audit-new = After
history-phones-counts = read: { $read }; changed: { $changed }

## Settings
settings-title = Settings
settings-country-unknown = Choose a country from the list
settings-saved = Settings saved.
reading-title = Reading the numbers again: { $country }
reading-progress = Contacts read again: { $done } of { $total }
reading-leave = You can leave this page: the work continues.
reading-done = Numbers read again: { $read }; changed: { $changed }. Finished on { $date }.
settings-country-hint = The country of numbers typed without a country code, such as 01 10 20 30 40. A number that begins with + or 00 already names its country: it does not change.
settings-country-effect = When you change the country, the numbers in the book without a country code are read again. What was typed stays as it is: only the number that the phone dials and the one that the search finds change.
settings-installation = Configured where the server is started
settings-installation-hint = Only the person who runs the server can change these, with options of the program: no page of Carnet changes them.
settings-on = On
settings-off = Off
settings-company = Company account
settings-company-facts = Sign-in at { $issuer }; roles come from “{ $claim }”.
settings-metrics = Metrics
settings-copies = Emergency copies
settings-copies-facts = { $count ->
    [one] One a day, the latest is kept in
   *[other] One a day, the latest { $count } are kept in
 }
settings-latest-copy = Latest emergency copy
settings-copy-none = No copy yet.
settings-copy-late = late
settings-copy-unknown = The folder cannot be read
settings-backup = Last backup
settings-backup-none = No backup known. Carnet only knows those of the command “carnet backup”.
settings-backup-postgres = This book is on PostgreSQL: Carnet does not know its backups (pg_dump or other). Check them where they are made.
settings-time-and-age = { $date } ({ $age })
age-minutes = less than an hour ago
age-hours = { $count ->
    [one] one hour ago
   *[other] { $count } hours ago
 }
age-days = { $count ->
    [one] one day ago
   *[other] { $count } days ago
 }
## Organizations
nav-organizations = Organizations
organizations-same-names = Organizations with the same name
organizations-same-names-hint = These names differ only in an invisible character, an apostrophe or an accent. Rename one of the two organizations, or move its contacts and delete it.
organizations-title = Organizations
organizations-caption = Organizations, by name
organizations-total = { $count ->
    [0] No organizations
    [one] { $count } organization
   *[other] { $count } organizations
 }
organizations-search = Search for an organization by its name
organizations-all = All organizations
organizations-empty = There are no organizations in the address book yet.
organizations-empty-hint = Add the councils, companies or agencies that your contacts belong to.
organizations-nothing-found = No organizations match.
organizations-nothing-found-hint = Check the spelling, or search for the beginning of just one word of the name.
organizations-nothing-more = End of the list.
organization-add = Add an organization
organization-edit = Edit
organization-delete = Delete
organization-edit-title = Edit { $name }
organization-form-note = Only the name is required.
organization-form-waiting = The contact that you were filling in is kept: you will come back to it afterwards.
organization-identity = Identity
organization-name-hint = At most 100 characters. Two names that differ only in accents, capitals or punctuation are the same.
organization-name-missing = Enter the name of the organization
organization-name-unreadable = Enter a name with at least one letter or digit
organization-name-taken = An organization has this name already: use that one, or choose another name
organization-see = See { $name }
organization-pick = Go back to the contact with { $name }
number-blocks = Numbers of the organization
number-blocks-hint = Optional. The beginnings of its numbers, one per line, for example 01 42 68: when nobody has the number that calls, the organization is shown.
number-blocks-taken = Another organization has one of these beginnings already
lookup-organization = This number belongs to { $name }.
organization-notes-hint = At most 32,000 characters; line breaks are kept.
organization-added = Organization { $name } added.
organization-added-for-contact = Organization { $name } added and filled in here: finish the contact.
organization-picked-for-contact = Organization { $name } filled in here: finish the contact.
organization-saved = Organization saved.
organization-gone = Somebody deleted this organization while you were typing. Nothing is lost: save to add it again, or cancel
organization-stale = Someone saved this organization while you were editing. Nothing is lost: compare, correct if need be, then save again
organization-no-contacts = No contact belongs to this organization.
organization-see-contacts = { $count ->
    [one] See the contact in the address book
   *[other] See all { $count } contacts
 }
organization-updated = Changed on { $date }
organization-updated-by = Changed on { $date } by { $name }
organization-delete-title = Delete { $name }?
organization-delete-text = The organization will be deleted permanently from the address book.
organization-delete-confirm = Delete this organization
organization-has-contacts = Contacts belong to this organization now: choose first what happens to them
organization-members = { $count ->
    [one] { $count } contact belongs to this organization
   *[other] { $count } contacts belong to this organization
 }
organization-members-in-trash = { $count ->
    [one] { $count } contact in the trash belongs to it too and will be treated the same way.
   *[other] { $count } contacts in the trash belong to it too and will be treated the same way.
 }
organization-members-first = Choose first what happens to them.
organization-move-title = Move them to another organization
organization-move-to = Their new organization
organization-move-found = { $name } is in the address book: you can move the contacts there.
organization-move-none = No other organization has a similar name.
organization-move-missing = Enter the organization to move the contacts to
organization-move-same = Enter another organization than the one you are deleting
organization-move-submit = { $count ->
    [one] Move the contact and delete the organization
   *[other] Move the { $count } contacts and delete the organization
 }
organization-leave-title = Leave them without an organization
organization-leave-submit = { $count ->
    [one] Delete the organization without moving the contact
   *[other] Delete the organization without moving the { $count } contacts
 }
organization-deleted = Organization { $name } deleted.
organization-deleted-moved = { $count ->
    [one] Organization { $name } deleted; { $count } contact now belongs to { $target }.
   *[other] Organization { $name } deleted; { $count } contacts now belong to { $target }.
 }
organization-deleted-left = { $count ->
    [one] Organization { $name } deleted; { $count } contact is now without an organization.
   *[other] Organization { $name } deleted; { $count } contacts are now without an organization.
 }
contact-deleted = { $name } is in the trash, and can be restored for 30 days.

## Trash and erasing
contact-was-deleted = { $name } is in the trash already.
contact-is-back = { $name } is back in the book.
trash-link = Trash
trash-title = Trash
trash-count = { $count ->
    [0] The trash is empty.
    [one] { $count } contact in the trash
   *[other] { $count } contacts in the trash
 }
trash-text = A deleted contact stays in the trash for 30 days, and is then deleted permanently.
trash-caption = Deleted contacts, the latest first
trash-when = Deleted
trash-by = By
trash-left = Left
trash-days = { $count ->
    [0] deleted soon
    [one] { $count } day
   *[other] { $count } days
 }
trash-next = Deleted earlier
trash-nothing-more = End of the list.
trash-begin = Beginning of the trash
trash-empty = Empty the trash
trash-empty-title = { $count ->
    [0] Empty the trash?
    [one] Delete { $count } contact permanently?
   *[other] Delete { $count } contacts permanently?
 }
trash-empty-text = Everything that is in the trash now will be deleted permanently: the contacts, their notes, the values kept by the history, and their lines in the imported files.
trash-empty-confirm = Delete permanently
trash-was-empty = The trash was empty already.
erasures-title = Latest permanent deletions
erase-title = Delete { $name } permanently?
erase-text = This is what to do when the person asks for their data to be erased. This deletion cannot be undone.
erase-goes = What is erased
erase-goes-contact = the contact, with all its fields and statuses;
erase-goes-notes = the notes, and the forms begun and filters saved that contain its name, its e-mail or its number;
erase-goes-history = in the history, the old and new values of its fields;
erase-goes-lines = in the imported files and their reports, the lines that contain one of its e-mails or a number that nobody else has, and those without an e-mail that contain its first and last name.
erase-stays = What stays
erase-stays-history = in the history, that a contact without a name was added, edited and deleted, when and by whom;
erase-stays-counts = the counts of lines of the imports;
erase-stays-others = what was written elsewhere: notes and fields of other contacts, names of organizations, imports and accounts;
erase-stays-copies = what Carnet cannot reach: files that were downloaded, and backups until they are replaced.
erase-no-email = This contact has no e-mail: in the imported files its lines are recognized by its number, by both names or by a former e-mail.
erase-data-first = Download the personal data first
erase-confirm = Delete this contact permanently
erase-confirm-hint = nothing can bring it back
erase-confirm-missing = Tick the box to confirm the permanent deletion, or cancel
erase-submit = Delete permanently
erase-at-once = Delete permanently, without the trash
erase-unfinished = An import that is not finished may contain this contact
erase-unfinished-text = If it does and is applied, it adds the contact to the book again, to be deleted once more. The lines are erased from the file when the import is done or discarded.
erased = Contact deleted permanently.
erasure-one = Contact deleted permanently
erasure-trash = Emptying of the trash
erasure-by = Asked for on { $date } by { $name }
erasure-by-itself = On { $date }, after 30 days in the trash
erasure-state = State
erasure-running = under way
erasure-done = done on { $date }
erasure-short-done = done
erasure-counts = What was erased
erasure-contacts = { $count ->
    [0] contacts
    [one] contact
   *[other] contacts
 }
erasure-notes = { $count ->
    [0] notes
    [one] note
   *[other] notes
 }
erasure-history = { $count ->
    [0] values of the history
    [one] entry of the history without its values now
   *[other] entries of the history without their values now
 }
erasure-lines = { $count ->
    [0] lines of imported files
    [one] line of an imported file
   *[other] lines of imported files
 }
erasure-files = { $count ->
    [0] No imported file contained any.
    [one] These lines were in { $count } imported file.
   *[other] These lines were in { $count } imported files.
 }
erasure-rest = The imported files are looked through in the background. You may leave this page.
erasure-refresh = Refresh

## All the data of a person
data-title = Personal data: { $name }
data-text = Everything that the book keeps about this person, to answer their request. The download is noted in the history.
data-download = Download the data (JSON)
data-details = Contact
data-e164 = { $label }, international number
data-former = Fields that are no longer shown
data-number = Number of the contact
data-created = Added
data-created-by = on { $date } by { $name }
data-created-at = on { $date }
data-created-import = by the import
data-updated = Edited
data-deleted = Deleted
data-last-import = Last import that contained it
data-notes = { $count ->
    [0] No notes
    [one] { $count } note
   *[other] { $count } notes
 }
data-history = { $count ->
    [0] History: no entries
    [one] History: { $count } entry
   *[other] History: { $count } entries
 }
data-shown = The latest { $shown } are shown; the file contains all of them.
trash-emptied = Contacts deleted permanently from the trash.
erasure-waits-text = Their lines are erased from its file when it is done or discarded. If it is applied, it adds the contacts in it to the book again. Imports that are not finished:
erasure-waits = An import that is not finished may contain these contacts
contact-type-fields-gone = An administrator has just removed fields that you filled in: what is typed there would not be saved. Check, then save again
contact-type-fill-in = The fields of the type { $name } are shown now: fill them in, then save
contact-points-nowhere = The organization or the type that was chosen has just been deleted: choose another, then save
error-too-large = The file is larger than the limit of { $limit }. Nothing was imported. Split the list into several files, or have the limit raised.
error-too-large-form = The form is larger than the limit of { $limit }. Nothing was saved: go back in your browser to find what you typed, and shorten it.
error-too-large-title = Too much was sent
conflict-rebased = For these fields the form below keeps what you typed; what only the other person changed is already in it.

## Work that stands still
import-stands-still = Import stalled
trouble-full = The server’s disk is full. The work continues by itself as soon as there is room. Nothing is lost: tell the administrator.
trouble-unavailable = The database does not answer. The work continues by itself as soon as it does. Nothing is lost.
trouble-fault = An error occurred. Carnet tries again by itself, and nothing is lost. If it lasts, give this reference to the administrator: { $reference }.
import-preview = Show what will change before writing
import-preview-hint = You see each contact, field by field, and then decide.
import-title-deciding = { $name }: to check
decide-title = Nothing has been written yet.
decide-clean = { $count ->
    [0] No line to import: fix the file and send it again.
    [one] See below what the line will do, then import or discard it.
   *[other] See below what the { $count } lines will do, then import or discard them.
 }
decide-nothing-changes = The book already holds these contacts as they are: importing would only note this import in their Import column.
decide-cancel = Discard
decide-emptied = { $count ->
    [one] { $count } value of the book will be erased: the file leaves it empty.
   *[other] { $count } values of the book will be erased: the file leaves them empty.
 }
decide-emptied-see = See the contacts concerned
decide-checked = Checked against the book of { $date }.
moved-title = The book has changed.
moved-text = { $count ->
    [one] Since the check of { $date }, the book has changed: { $count } line would no longer do what you saw. Look at it, then decide again.
   *[other] Since the check of { $date }, the book has changed: { $count } lines would no longer do what you saw. Look at them, then decide again.
 }
moved-see = See what has changed
lines-created = New contacts
lines-unchanged = Unchanged contacts
lines-moved = Lines that would no longer do what you saw
lines-emptied = Contacts that would lose a value
lines-created-text = They are not in the book. They will be Expert and, with an e-mail, Copy, unless the list says otherwise.
lines-updated-text = Only the fields that change are shown. The rest of the contact stays.
lines-unchanged-text = The file has exactly the same values as the book.
lines-moved-text = This is what these lines would do now.
lines-emptied-text = The file leaves a field empty that has a value in the book. To keep it, discard the import, complete the file and send it again.
lines-empty = No line in this list.
lines-previous = Previous lines
lines-next = Next lines
diff-field = Field
diff-book = In the book
diff-file = In the file
diff-line = line { $line }
diff-new = new contact
diff-unchanged = nothing changes
diff-outdated = changed since the check
done-otherwise = The book changed during the import. The check had announced: added { $created }, updated { $updated }, unchanged { $unchanged }, restored { $restored }.
import-outdated-flash = The check was made again since the page was shown: see what the import would do now, then decide.
history-import-confirmed = Import confirmed
history-import-cancelled = Import discarded
lines-updated = Contacts to update
lines-restored = Contacts to restore from the trash
lines-restored-text = They will come back from the trash with their statuses and notes, and with the changes below.
diff-gone = will be erased
diff-restored = will come back from the trash
## Undoing an import
import-title-undoing = { $name }: being undone
import-title-undone = { $name }: import undone
undo-link = Undo this import
undo-unknown = This import was made by a version of Carnet that did not yet note what it changed: it cannot be undone.
undo-title = Undo the import { $name }?
undo-will-withdraw = { $count ->
    [one] One contact that it added goes to the trash, from where it can be restored for 30 days.
   *[other] { $count } contacts that it added go to the trash, from where they can be restored for 30 days.
 }
undo-will-revert = { $count ->
    [one] The contact that it updated gets its old values back.
   *[other] The { $count } contacts that it updated get their old values back.
 }
undo-will-trash-again = { $count ->
    [one] The contact that it had taken out of the trash goes back there.
   *[other] The { $count } contacts that it had taken out of the trash go back there.
 }
undo-elsewhere = { $count ->
    [one] One contact of the list is in a later import, or is no longer in the book: it stays where it is. To take that import back too, undo it as well.
   *[other] { $count } contacts of the list are in a later import, or are no longer in the book: they stay where they are. To take that import back too, undo it as well.
 }
undo-keeps = Contacts that somebody edited since are kept with those edits; the page lists them. A status added since is not an edit: a contact that the import added goes to the trash with its statuses, and has them again if it is restored. The other contacts keep their statuses.
undo-frees-name = The name of the import becomes free again.
undo-confirm = Undo this import
undo-not = Keep this import
undo-done-flash = Import undone.
progress-undoing = Contacts done: { $done } of { $total }
undone-title = What undoing did
undone-facts = Undone on { $date }. Its name is free again.
undone-facts-by = Undone on { $date } by { $by }. Its name is free again.
undone-withdrawn = moved to the trash
undone-reverted = { $count ->
    [one] back to its old values
   *[other] back to their old values
 }
undone-kept = { $count ->
   *[other] kept
 }
undone-untouched = { $count ->
   *[other] already in the trash or deleted
 }
undone-released = { $count ->
   *[other] had not changed
 }
undone-see-trash = See the trash
undone-import-did = What the import had done
kept-title = Contacts that were kept
kept-text = Somebody edited them since, or a later import contains them. Values that nobody changed are as they were before the import.
kept-in-trash = in the trash
kept-held-by = also in the import
kept-note = a note was added
kept-nothing = nothing differs any more
kept-before = Before the import:
kept-imported = In the import:
kept-today = Today:
kept-next = More kept contacts
history-contact-withdrawn = Contact moved to the trash by undoing an import
history-contact-reverted = Old values put back by undoing an import
history-import-undo-started = Undoing an import begun
history-import-undone = Import undone
## The list of imports
imports-total = { $count ->
    [one] { $count } import
   *[other] { $count } imports
 }
imports-every-state = All
imports-waiting = { $count ->
    [one] { $count } import to decide
   *[other] { $count } imports to decide
 }
imports-refused = { $count ->
    [one] { $count } refused file
   *[other] { $count } refused files
 }
imports-filter = Filter the imports
imports-older = Older imports
imports-newer = Newer imports
imports-nothing-older = End of the list.
imports-nothing-found = No imports match these filters.
imports-nothing-found-hint = Shorten the name, widen the dates or remove a filter.
import-by-command-line = command line
import-next-column = To do
import-follow = Follow
import-decide = Decide
import-contacts = See the contacts
import-why = See why
state-undone = Undone
state-undoing = Being undone
nothing-written = Nothing was written.
words-lines = { $count ->
    [one] { $count } line
   *[other] { $count } lines
 }
words-valid = { $count } valid
words-count = { $count } { $words }
words-superseded = { $count } repeated
words-rejected = { $count } rejected
words-skipped = { $count } skipped
words-file = { $lines }: { $counts }.

## The file of an import
history-import-file-downloaded = File of an import downloaded
file-download = Download the original file
technical-title = Technical details
technical-file = File
technical-size = Size
technical-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
 }
technical-encoding = Encoding
file-raw = as it was received: a spreadsheet would run the formulas in it
file-dropped = The original file was deleted on { $date }, with the values of its rejected lines; the rest of this page stays as it is.
file-dropped-title = File deleted
file-dropped-text = The file of the import { $name } was deleted on { $date }: Carnet keeps imported files for a set time only. The report of the import stays.
file-dropped-way = Back to the import
value-dropped = (deleted with the file)
decided-confirmed = Confirmed by { $by }.
decided-cancelled = Discarded by { $by }.
done-see = { $count ->
    [0] See the contacts of this import
    [one] See the contact of this import and add its statuses
   *[other] See the contacts of this import and add their statuses
 }
done-text = { $count ->
    [0] Import done: nothing has changed in the book.
    [one] Import done: { $count } contact added or changed.
   *[other] Import done: { $count } contacts added or changed.
 }
done-rejected = { $count ->
    [one] { $count } line was not imported.
   *[other] { $count } lines were not imported.
 }
done-changed = See what has changed
changed-title = What this import has changed
changed-text = The old and new values come from the history.
changed-close = Close this list
changed-before = Before
changed-after = After
changed-erased = contact deleted permanently
changed-next = Next contacts

## The command line
import-stopped = { $rejected ->
    [one] Nothing was written: { $rejected } line is rejected. Fix it, or import the others with --on-error import-valid.
   *[other] Nothing was written: { $rejected } lines are rejected. Fix them, or import the others with --on-error import-valid.
 }
command-done = Import “{ $name }” done. { $counts }
command-preview = Preview, nothing was written. { $counts }
command-checking = Checking
command-applying = Importing
command-progress = { $import } – { $phase }: { $progress }
progress-left-minutes = { $minutes ->
    [one] about { $minutes } minute left
   *[other] about { $minutes } minutes left
 }
outlook-created = Line { $line }, to add: { $values }
outlook-updated = Line { $line }, to update: { $name }
outlook-restored = Line { $line }, to restore from the trash: { $name }
outlook-change = { $field }: { $old } → { $new }
again-done = This file was already imported on { $date } as “{ $name }”. To import it again: --again.
again-running = This file is already being imported as “{ $name }”.
again-waiting = The import “{ $name }” of this file waits for a decision on its page, { $page }. Nothing is written yet.
interrupted = Interrupted. The import “{ $name }” continues on the server if it is running, otherwise at its next start. Its page: { $page }
interrupted-preview = Interrupted. The preview is discarded; nothing was written.
command-no-file = There is no file { $path }. Check its name and the folder.
command-unreadable = The file { $path } cannot be read ({ $cause }). Check that it is a file and that you may read it.
command-no-database = There is no database at { $path }. Name the right file with --database-url, or create a new book with “carnet migrate”.
command-unavailable = The database does not answer or cannot be opened ({ $cause }). Check that it is running and that its address is right, then try again.
command-storage-full = The database’s disk is full: free some space and try again.
command-failed = An error in Carnet stopped the command ({ $cause }).
progress-applying = { $total ->
    [one] { $done } of { $total } line
   *[other] { $done } of { $total } lines
 }
fault-other-encoding = characters that the encoding of the rest of the file does not allow
fault-other-encoding-cure = Save the whole file as UTF-8.

## Files to read in another way
wrong-title = What is wrong
wrong-workbook = This is a workbook (Excel or LibreOffice), not a CSV file.
wrong-document = This is a word processor document, not a CSV file.
wrong-pdf = This is a PDF, not a CSV file.
wrong-image = This is a picture, not a CSV file.
wrong-archive = This is a compressed archive, not a CSV file.
wrong-vcard = These are contact cards (vCard, .vcf), not a CSV file.
wrong-calendar = This is a calendar (.ics), not a CSV file.
wrong-html = This is a web page (HTML), not a CSV file.
wrong-xml = This is an XML file, not a CSV file.
wrong-json = This is JSON data, not a CSV file.
wrong-old-mac = This is a text whose lines end as on an old Mac (carriage return alone, CR): it reads as one line.
wrong-binary = This is not text: the file cannot be a CSV list.
wrong-list = This is a list { $parts }.
wrong-at = line { $line }, byte { $byte }
wrong-mixed = only partly in UTF-8 ({ $place })
wrong-not-utf8 = in an encoding that is not UTF-8 ({ $place })
wrong-encoding = in { $encoding }, not in UTF-8 ({ $place })
wrong-separator = separated by { $sign }, not by commas ({ $place })
wrong-skip = { $count ->
    [one] with one line above the recipients
   *[other] with { $count } lines above the recipients
 }
wrong-columns = with the columns in another order (line { $line })
wrong-order = The order is: { $columns }.
wrong-fields = { $count ->
    [one] of one column instead of eight
   *[other] of { $count } columns instead of eight
 }
wrong-phones = { $count ->
    [one] with spaces or other signs in one phone number
   *[other] with spaces or other signs in { $count } phone numbers
 }
wrong-zeros = { $count ->
    [one] with one phone number that lost its zero
   *[other] with { $count } phone numbers that lost their zero
 }
wrong-cut = { $count ->
    [one] with one phone number that the spreadsheet shortened (1.1E+08), so that digits are lost
   *[other] with { $count } phone numbers that the spreadsheet shortened (1.1E+08), so that digits are lost
 }
wrong-rows = The first lines
wrong-rows-read = The first lines, after conversion
wrong-column = Column { $number }
wrong-how = How to save it correctly
wrong-excel = Excel
wrong-calc = LibreOffice
cure-save-excel = File, Save As, type “CSV UTF-8 (Comma delimited)”. Where the regional settings are French, Excel writes semicolons: send the file as it is, and Carnet offers to convert it.
cure-save-calc = File, Save As, type “Text CSV”, tick “Edit filter settings”. Then character set “Unicode (UTF-8)” and field delimiter “,”.
cure-columns-excel = Keep eight columns in the template’s order: right-click a column’s header, Insert or Delete; Cut, then Insert Cut Cells to move it. Remove lines above the names and commas in addresses, then File, Save As, “CSV UTF-8”.
cure-columns-calc = Keep eight columns in the template’s order: right-click a column’s header, Insert or Delete Columns; drag it with Alt held to move it. Remove lines above the names and commas in addresses, then File, Save As, “Text CSV”.
cure-phones-excel = Do not open the file with a double click: Data, From Text/CSV, Transform Data, then type “Text” for the phone column. Write the digits in a row (0110203040), then File, Save As, “CSV UTF-8”.
cure-phones-calc = On opening, in “Text Import”, click the phone column and choose the column type “Text”. Write the digits in a row (0110203040), then File, Save As, “Text CSV”.
cure-other = Export the list as CSV from the program that it comes from, or open it in a spreadsheet.
read-so = Convert and continue
read-so-how = Conversion: { $how }.
read-so-hint = Nothing is written: you see the result first. This conversion is for this file only.
read-so-new = A new import of the same file is created: nothing is written before you have seen the result.
read-as = File read as follows: { $how }.
read-so-gone = The proposed conversion has changed: check it before you continue.
read-so-name-hint = No spaces; it is shown in the Import column.
how-encoding = in { $encoding }
how-separator = separated by { $sign }
how-skip = { $count ->
    [one] without its first line
   *[other] without its first { $count } lines
 }
how-columns = columns put in order
how-phones = phone numbers without spaces and signs
how-zeros = zeros given back to phone numbers
sign-comma = commas
sign-semicolon = semicolons
sign-tab = tabs
sign-pipe = vertical bars
history-import-read-again = Import file converted
refused-as-is = This file cannot be imported as it is
again-undoing = The import “{ $name }” of this file is being undone. Try again when that has ended.

## People: absence, expertise, checks
history-absence-edited = Absence edited
history-expertise-edited = Topics or languages edited
history-contact-checked = Contact checked
absence-link = Absence
absence-text = The first and the last day are included. Agents who look for this contact see how long the absence lasts, and who stands in.
absence-from = First day away
absence-until = Last day away
absence-date-hint = For example 30/06/2026.
absence-from-missing = Enter the first day away
absence-until-missing = Enter the last day away
absence-until-before-from = The last day is before the first: check both dates
absence-substitute = Substitute
absence-stands-in = Substitute:
absence-substitute-unnamed = contact who is no longer in the book
absence-substitute-label = Substitute (optional)
absence-substitute-hint = The e-mail or the name of a contact in the book.
absence-substitute-none = Nobody in the book has this name or e-mail: check it, or leave the field empty
absence-substitute-self = This contact cannot stand in for itself: choose someone else
absence-substitute-several = Several contacts have this name: choose below, or type the e-mail
absence-substitute-choose = Which one?
absence-substitute-more = There are more: type the e-mail if the right person is not here.
absence-substitute-gone = This contact has just left the book: choose someone else
absence-end = End the absence
absence-saved = Absence saved.
absence-saved-past = Absence saved: it is already over and is not shown.
absence-ended = The absence is over.
absence-now = Away until { $until }
absence-short = away → { $until }
absence-now-woman = Away until { $until }
absence-now-neutral = Away until { $until }
absence-coming = Away from { $from } to { $until }
absence-coming-woman = Away from { $from } to { $until }
absence-coming-neutral = Away from { $from } to { $until }
expertise-link = Topics and languages
expertise-text = These words help agents find who knows what, and who speaks which language.
expertise-topics = Topics
expertise-topics-hint = One topic per line, or separated by commas: 10 at most, of 100 characters each. For example: naturalisation, family record book.
expertise-languages = Languages
expertise-languages-hint = One language per line, or separated by commas: 10 at most, of 50 characters each.
expertise-too-many-topics = Topics: keep { $max } at most
expertise-too-many-languages = Languages: keep { $max } at most
expertise-saved = Topics and languages saved.
expertise-topic-link = See the contacts who know about { $topic }
expertise-language-link = See the contacts who speak { $language }
checked-at = Checked on { $date }
checked-by = Checked on { $date } by { $name }
checked-never = Never checked
check-submit = Confirm the information
check-done = { $name }: information confirmed.
unchecked-title = Contacts to check
unchecked-link = To check
unchecked-text = Nobody has checked these contacts for a year. If the information is still right, confirm it; if not, open the contact and correct it.
unchecked-caption = Contacts that nobody has checked for a year, the oldest first
unchecked-when = Last checked
unchecked-created = never, added on { $date }
unchecked-none = All contacts were checked or added less than a year ago.
unchecked-nothing-more = End of the list.
recent-title = My recent contacts
recent-none = The contacts that you open appear here, the latest first.
favourites-title = Favourites
favourites-none = Star the contacts that you often call: they appear here.
favourite-add = Add to favourites
favourite-remove = Remove from favourites
favourite-added = { $name } is now one of your favourites.
favourite-removed = { $name } is no longer one of your favourites.
favourites-full = You already have { $count } favourites: remove one first.
message-choose = Choose
message-bar = Selected contacts
message-to = Write (To)
message-cc = Copy in (Cc)
message-copy = Copy the addresses
message-cards = Download contact cards (vCard)
message-to-title = { $count ->
    [one] Write to { $count } contact
   *[other] Write to { $count } contacts
 }
message-cc-title = { $count ->
    [one] Copy in { $count } contact
   *[other] Copy in { $count } contacts
 }
message-copy-title = { $count ->
    [one] The address of { $count } contact
   *[other] The addresses of { $count } contacts
 }
message-nobody-title = No contacts selected
message-nobody = Go back to the list, tick contacts, then choose what you want to do.
message-nobody-reached = None of the ticked contacts has an e-mail address.
message-open = Open in my mail program
message-open-hint = If nothing opens, copy the addresses below into your message.
message-commas = Addresses separated by commas
message-semicolons = Addresses separated by semicolons (Outlook)
message-people = Recipients
message-absent = { $count ->
    [one] One contact is away
   *[other] { $count } contacts are away
 }
message-without = { $count ->
    [one] One contact has no e-mail
   *[other] { $count } contacts have no e-mail
 }
message-gone = { $count ->
    [one] One contact is no longer in the book and is left out.
   *[other] { $count } contacts are no longer in the book and are left out.
 }
message-too-many = { $count ->
    [one] A message goes to { $max } contacts at most: one more is left out.
   *[other] A message goes to { $max } contacts at most: { $count } more are left out.
 }
message-back = Back to the list
card-download = Card (.vcf)
card-download-outlook = Card for Outlook

## The list: filters, sorting, saved filters
filter-topic = Topic
filter-language = Language
filter-words = { $label }: { $value }
filter-everybody = the whole book
sort-updated = Latest changes
choices-title = Filter by: { $filter }
choices-several = Tick one or more values
choices-among = Among: { $filter }
choices-find = Begins with
choices-none = There is nothing to choose here.
choices-back = Back to the list
choices-count = { $count }
saved-filters = Saved filters
saved-filters-manage = Manage these filters
saved-filters-none = No filters are saved yet: filter the list, then “Save this filter”.
saved-filter-save = Save this filter
saved-filter-name-hint = At most 50 characters. For example: Experts in Lyon.
saved-filter-name-missing = Enter a name for this filter
saved-filter-name-taken = Another filter already has this name: choose another one
saved-filter-too-many = There are { $max } saved filters already: delete one first
saved-filter-share = Share with the team
saved-filter-share-hint = The whole team will see it above the list.
saved-filter-shared = shared with the team
saved-filter-saved = Filter “{ $name }” saved.
saved-filter-deleted = Filter “{ $name }” deleted.
saved-filter-edit = Rename or delete
saved-filter-edit-title = Filter “{ $name }”
saved-filter-delete = Delete this filter
saved-filter-delete-hint = The contacts stay; only the filter goes.
saved-filter-delete-shared-hint = The contacts stay; the filter goes for the whole team.

## Changing all results
bulk-link = { $count ->
    [one] Change the result…
   *[other] Change the { $count } results…
 }
bulk-link-all = Change all results…
bulk-title = Change all results
bulk-text = Nothing is changed on this page: the next one says what will change and asks you to confirm.
bulk-statuses-hint = Copy and Transfer need an e-mail.
bulk-leave = Leave as it is
bulk-tick = Add
bulk-untick = Remove
bulk-statuses-submit = Change the statuses…
bulk-statuses-missing = Choose at least one status to add or remove
bulk-organization-label = Their organization
bulk-organization-hint = The name of an organization of the book.
bulk-organization-submit = Set this organization…
bulk-no-organization-submit = Remove the organization…
bulk-topics-label = Their topics
bulk-topics-hint = Separate them with commas.
bulk-topics-add = Add these topics…
bulk-topics-remove = Remove these topics…
bulk-topics-missing = Enter at least one topic
bulk-topics-added = Topics added: { $topics }
bulk-topics-removed = Topics removed: { $topics }
bulk-count-full = { $count ->
    [one] has too many topics already
   *[other] have too many topics already
 }
bulk-delete-submit = Move to the trash…
bulk-latest = Latest bulk changes
bulk-status-on = Status { $status }: added
bulk-status-off = Status { $status }: removed
bulk-organization = Organization: { $name }
bulk-no-organization = Organization: removed
bulk-delete = Moved to the trash, for 30 days
bulk-confirm-title = Confirm the change
bulk-without-email = { $count ->
    [one] One contact has no e-mail: it can be neither Copy nor Transfer, and keeps these statuses as they are.
   *[other] { $count } contacts have no e-mail: they can be neither Copy nor Transfer, and keep these statuses as they are.
 }
bulk-without-email-some = Contacts without an e-mail can be neither Copy nor Transfer: they keep these statuses as they are, and the result says how many there are.
bulk-can-undo = The change can be undone from the page of its result.
bulk-confirm = { $count ->
    [one] Change this contact
   *[other] Change these { $count } contacts
 }
bulk-confirm-all = Change all these contacts
bulk-confirm-delete = { $count ->
    [one] Move this contact to the trash
   *[other] Move these { $count } contacts to the trash
 }
bulk-confirm-delete-all = Move all these contacts to the trash
confirm-changed-title = What has changed
confirm-changed = You were asked about { $before }; there are now { $now }. Nothing was done: check, then confirm again
confirm-others = You were asked about { $before }, and they are no longer the same. Nothing was done: check, then confirm again
confirm-came = Added since:
confirm-left = Gone since:
confirm-more = Only the first are named.
bulk-not-done = Nothing was changed
bulk-ask-again = Check and confirm again
bulk-running = Change under way
bulk-done = Change done
bulk-undoing = Undoing
bulk-undone = Change undone
bulk-facts = { $date }
bulk-facts-by = { $date } by { $by }
bulk-about = Contacts: { $filter }
bulk-stands-still = Change stalled
bulk-gathering = { $count ->
    [one] Looking for the contacts: { $count } found
   *[other] Looking for the contacts: { $count } found
 }
bulk-progress = Contacts done: { $done } of { $total }
bulk-leave-page = You can leave this page: the work continues, even if the server restarts.
bulk-count-changed = { $count ->
   *[other] changed
 }
bulk-count-unchanged = already so, or no longer in the book
bulk-count-refused = { $count ->
   *[other] without an e-mail, changed in part
 }
bulk-count-restored = as before
bulk-count-kept = { $count ->
   *[other] kept, because changed since
 }
bulk-undo = Undo this change
bulk-undo-hint = Each contact gets its old values back, except those that somebody has changed since.
bulk-done-flash = The change is done.
bulk-undone-flash = The change is undone.
history-bulk-started = Bulk change
history-bulk-undo-started = Bulk change undone
history-filter-saved = Filter saved
history-filter-edited = Filter renamed
history-filter-deleted = Filter deleted
history-contacts-exported = Contacts exported
history-export-left-out = Contacts left out of the file to import again
export-link = Export…

## Exporting
export-title = Export these contacts
export-xlsx = Excel (.xlsx)
export-xlsx-text = All columns, ready to sort and filter. Numbers and postal codes keep their zeros, and dates are real dates. No formula runs in it.
export-xlsx-download = Download the Excel file
export-xlsx-refused = Too many contacts for an Excel file
export-xlsx-limit = This page prepares an Excel file of at most { $limit } contacts. Choose fewer contacts with a filter, take the whole table (CSV), or ask the person who runs the server for the file: the command “carnet export --format xlsx” has no limit.
export-xlsx-filter = Filter the contacts
export-sheet = Contacts
export-cut = {" "}[…] (continued in the CSV table)
export-full = Whole table (CSV)
export-full-text = The same columns as text, for every spreadsheet and without a limit. No formula runs in it.
export-full-download = Download the table
export-strict = File to import again
export-strict-text = The eight columns of the import format, without a heading. Importing them again changes nothing. Formulas are not neutralised in it: for a spreadsheet, take the whole table.
export-strict-download = Download the import file
export-left-out = { $count ->
    [one] One contact does not fit into the import file and is left out.
   *[other] { $count } contacts do not fit into the import file and are left out.
 }
export-left-out-first = { $count ->
    [one] Of the first { $first } contacts, one does not fit into the import file and will be left out.
   *[other] Of the first { $first } contacts, { $count } do not fit into the import file and will be left out.
 }
export-left-out-why = Without an e-mail, with a comma, a name of more than 20 characters or an extension, a contact cannot be imported again as it is.
export-vcard = Contact cards (vCard 4)
export-vcard-text = For a phone or a mail program.
export-vcard-download = Download the cards
export-number = Number
export-book = Book of origin
export-created = Created
export-updated = Changed
export-checked = Checked
export-unwritable = The file { $path } cannot be written ({ $cause }). Check the folder and your rights.
history-export-full = whole table
history-export-xlsx = Excel file
history-export-strict = file to import again
history-export-vcard = contact cards

## Search
list-suggestions = Did you mean:
suggestion-many = more than { $count } contacts

## Duplicates
history-contact-merged = Merged with a duplicate
history-contact-merged-away = Merged into another contact
history-merge-undone = Merge undone
history-duplicates-searched = Duplicates looked for
history-duplicate-dismissed = Declared distinct from another contact
history-duplicate-reopened = Offered as a duplicate again
duplicates-title = Duplicates
duplicates-never = Duplicates have not been looked for yet
duplicates-count = { $count ->
    [0] No possible duplicates
    [one] One possible duplicate
   *[other] { $count } possible duplicates
 }
duplicates-more-than = More than { $count } possible duplicates
duplicates-search = Look for duplicates
duplicates-search-again = Look again
duplicates-searching = Looking for duplicates: { $percent }%
duplicates-searched = The search for duplicates is done.
duplicates-last = Last search: { $date }.
duplicates-last-by = Last search: { $date }, by { $name }.
duplicates-marked = Highlighted: the same. Struck out: not kept by “Merge”, except an e-mail, which still finds the contact.
duplicates-given-up = (not kept)
duplicates-remains = Kept
duplicates-field = { $label }:
duplicates-none = There are no duplicates to look at.
duplicates-what = The search finds contacts with the same phone or e-mail, or nearly the same name in one organization, service or city.
duplicates-nothing-more = End of the list.
duplicates-next = Next duplicates
duplicates-certain = Almost certain
duplicates-likely = Likely
duplicates-possible = Possible
duplicates-same-email = same e-mail
duplicates-same-phone = same phone
duplicates-same-name = same name
duplicates-swapped-name = first and last name swapped
duplicates-near-name = nearly the same name
duplicates-initial = same last name, initial of the first
duplicates-same-organization = same organization
duplicates-same-service = same service
duplicates-same-city = same city
duplicates-dismiss = Keep both
duplicates-dismissed-flash = Noted: these two contacts will not be offered again.
duplicates-see-dismissed = See the contacts declared distinct
duplicates-dismissed-title = Contacts declared distinct
duplicates-dismissed-text = These contacts look alike, but somebody said that they are not the same person.
duplicates-dismissed-none = No contacts were declared distinct.
duplicates-reopen = Offer again
duplicates-reopened-flash = These two contacts are offered again.
duplicates-shared = Shared numbers
duplicates-shared-text = Too many contacts have these numbers for them to point to a duplicate: probably a switchboard.
duplicates-shared-by = { $count ->
    [one] { $count } contact
   *[other] { $count } contacts
 }
duplicates-perhaps = Possible duplicate:
merge-link = Merge…
merge-choose = Choose…
merge-with = Merge with…
merge-choose-title = Merge { $name } with…
merge-choose-label = Find the other contact: name, service, e-mail or phone
merge-choose-ask = Look for the other contact.
merge-choose-none = No other contact matches this search.
merge-choose-more = There are more: narrow the search.
merge-title = Merge two contacts
merge-text = The two become one. The other goes to the trash; while it is there, for 30 days, the merge can be undone.
merge-keep = Which contact do you keep?
merge-keep-hint = The e-mail of the other one still leads to it, in searches and in imports.
merge-since = created { $date }
merge-fields = What differs
merge-fields-hint = Choose for each field the value to keep.
merge-no-difference = Nothing differs.
merge-changed = changed meanwhile
merge-together = Statuses, notes, topics, languages, ids and favourites of both are put together.
merge-same = What is the same or put together
merge-submit = Merge
merge-then = { $count ->
    [one] One more chosen contact follows.
   *[other] { $count } more chosen contacts follow, one by one.
}
merge-done = The two contacts are one now.
merge-done-here = The two contacts are one now:
merge-gone = Nothing was merged: one of the two contacts is no longer in the book, or was just merged with another.
merge-stale = Somebody changed one of the two contacts meanwhile. Nothing was merged: check the choices, then merge.
merge-away = Merged on { $date } into
merge-undo = Undo the merge
merge-undone = The merge is undone: both contacts are in the book again.
merge-undone-but = The merge is undone. What was changed since stays in the other contact: { $fields }.
merge-undo-later = This contact was itself merged into another: undo that merge first, on this page.
merge-undo-email = The merge was not undone: its e-mail is now that of another contact. Change it first.
merge-former = Merged with
merge-history = Its history
contact-merged-meanwhile = Meanwhile this contact was merged into another one, which is now in the trash: nothing can be saved there. Have the other contact restored, then start again.
form-merged = This contact was merged with { $name } while you were typing. Nothing is lost: this form is about that contact now; check it, then save
note-gone = This note was deleted while you were typing. Nothing is lost: add your text as a new note
note-merged = This contact was merged with { $name } while you were typing. Nothing is lost: your note is about that contact now; check it, then add the note
trash-merged = Merged
data-former-email = Former e-mail
absence-title = Absence: { $name }
expertise-title = Topics and languages: { $name }
bulk-facts-undone = { $facts }; undone by { $by }
bulk-organization-gone = The organization was deleted meanwhile: the contacts that were left have not been changed.
choices-none-yet = None of the values on this page goes with the chosen filters; the next page may have some.
merge-undo-order = Another contact was merged into this one since: undo that merge first.
fault-common-password = too common
fault-repeated-characters = the same few characters over and over
fault-known-words = made of words that are easy to guess here (the name of the account, of the product, of a role)
fault-password-cure = Choose instead a few words that have nothing to do with one another, four for example.
new-password-hint = At least { $min } characters, preferably 15; a few words that have nothing to do with one another make a good password.
sign-in-note = The session ends after 2 hours without activity, and after 12 hours at the latest.
sign-in-code = I was given a one-time code
code-title = Choose your password
code-intro = Your administrator gave you a one-time code: it lets you choose a password that only you will know.
code-submit = Save and sign in
code-wrong = This code does not match this user name, or is no longer valid: ask your administrator for another
code-used = Password saved.
code-given-title = One-time code
code-given-text = Pass this code on to { $name } in a safe way. It is shown only here, and only once.
code-given-how = On the sign-in page, “I was given a one-time code” asks for it, with the user name.
code-given-days = { $days ->
    [one] Works once, within { $days } day.
   *[other] Works once, within { $days } days.
 }
code-given-back = Back to the users
user-password-optional = If you leave it empty, the user is given a one-time code and chooses a password. Otherwise { $min } characters at least.
user-code-title = Forgotten password
user-code-text = A one-time code lets the owner choose a new password. The current one stays valid until then.
user-code-submit = Create a one-time code
user-sessions-title = Sessions
user-sessions-text = They will have to sign in again, in all their browsers.
user-sessions-submit = Sign this user out
user-sessions-ask = Sign { $name } out?
users-sessions-ask = Sign everybody out?
sessions-will-end = { $count ->
    [0] No session is open at the moment.
    [one] One open session will end.
   *[other] { $count } open sessions will end.
 }
people-signed-in = { $count ->
    [0] Nobody else is signed in.
    [one] One other person is signed in, or you in another browser.
   *[other] { $count } people are signed in.
 }
users-sessions-text = Everybody else will have to sign in again; what they are typing is not lost.
users-sessions-submit = Sign everybody out
users-sessions-ended = { $count ->
    [0] No session was open.
    [one] { $count } session signed out.
   *[other] { $count } sessions signed out.
 }
session-end = Sign out
history-account-code-given = One-time code created
keys-title = Access keys
keys-text = With a key, a program uses Carnet in your name: the telephone system looks up who is calling, the ticket tool reads or updates a contact.
keys-account-text = A key lets a program (telephone system, ticket tool…) use Carnet in your name.
keys-manage = Manage my keys
keys-empty = No keys.
keys-all-title = Access keys of the team
keys-all-text = The keys with which programs use Carnet in the name of a user. A key that has ended stays here for 30 days.
keys-too-many = You have { $max } keys already: end one first
key-label = Name of the key
key-label-hint = The program that uses it, for example “Telephone system”.
key-label-missing = Give the key a name
key-right = What the key allows
key-right-lookup = Look up who is calling
key-right-lookup-hint = A contact by number or e-mail, nothing else.
key-right-read = Read
key-right-read-hint = Everything that you can read: contacts, notes, organizations.
key-right-write = Read and change
key-right-write-hint = Everything that you can do in the address book, editing and deleting contacts included.
key-right-missing = Choose what the key allows
key-until = Last day
key-until-hint = The key stops working the day after.
key-until-wrong = Last day: choose a day from today on and less than five years ahead, for example 2027-12-31
key-networks = Allowed networks
key-networks-hint = Optional. The addresses from which the key works, one per line: 10.1.2.3 or 10.1.0.0/16. Nothing: from everywhere.
key-new-title = New key
key-add = Create the key
key-made-title = Your new key
key-made-text = Copy it now into the program that will use it: it is shown only here, and only once.
key-used = Last use
key-used-never = Never
key-used-times = { $count ->
    [one] { $count } request that day
   *[other] { $count } requests that day
}
key-over = Ended
key-end = End
key-end-title = End the key { $label }?
key-end-text = The program that uses it loses its access to Carnet, at once and for ever.
key-of = It is a key of { $name }.
key-ended = Key { $label } ended.
key-refused = Refusal
history-key-added = Access key created
history-key-ended = Access key ended
history-key-refused = Access key refused
problem-invalid-title = Values refused
problem-invalid = Nothing was saved. Correct the values named in “errors”.
problem-no-key-title = No key
problem-no-key = Send an access key: “Authorization: Bearer KEY”, or as the password with Basic. Keys are created in Carnet, under “My account”.
problem-wrong-key-title = Unknown key
problem-wrong-key = There is no such key. Check that it was copied whole.
problem-key-ended-title = Key ended
problem-key-ended = This key no longer works: it was ended, its last day is over, or its account is no longer active. Create another one.
problem-network-title = Address refused
problem-network = This key is not allowed from this address.
problem-second-factor-title = No two-factor authentication
problem-second-factor = The account of this key must first turn on two-factor authentication.
problem-scope-title = Key does not allow this
problem-scope = This key does not allow this action. Create one that does.
problem-cursor-title = Unknown position
problem-cursor = This position is not from this address book. Start again from the beginning.
problem-changed-title = Changed meanwhile
problem-changed = What you are changing has changed since the version that you named. Read it again, then retry.
problem-other-body-title = Idempotency key used before
problem-other-body = Another request had this “Idempotency-Key” less than a day ago. Give each request a new one.
problem-not-json-title = Format not accepted
problem-not-json = Send JSON, with “Content-Type: application/json”.
problem-not-a-file = Send the file itself as the body, with its type: “Content-Type: text/csv” or “application/octet-stream”. The name and the profile go in the address.
problem-not-one-of = Give one of these values: { $values }.
import-profile-cards = This file contains contact cards (vCard), which need no profile: send it without a profile.
problem-version-title = Version missing
problem-version = Say which version you are changing: “If-Match” with the “ETag” of what you read.
problem-too-fast-title = Too many requests
problem-too-fast = This key makes too many requests. Wait for the seconds in “Retry-After”.
lookup-nobody = No contact for { $asked }
lookup-nothing = No number or e-mail
lookup-nobody-text = This number or e-mail is not in the address book. Look for the person in another way, or add them: what is known already is filled in.
lookup-nobody-agent = This number or e-mail is not in the address book. Look for the person in another way, for example by name.
lookup-add = Create a contact
api-title = API for programs
api-text = The telephone system and other tools find, read and change contacts.
api-link = How a program uses one
api-keys = Each request carries an access key.
api-document = Full description (OpenAPI 3.1)
api-basic = The key is the password; the name is not read.
api-problem = Refusal (RFC 9457)
api-example = Examples
api-operations = Requests
api-operation = What it does
api-request = Request
api-problems = Refusals
api-problems-text = A refusal is “application/problem+json”: “type” ends with one of these names, and “errors” names each refused value. An answer as text, for the display of a telephone, is empty then.
api-problem-type = Type
api-status = Status
api-meaning = Meaning
api-look-up = Look up who is calling, by number or e-mail
api-list-contacts = List contacts
api-add-contact = Add a contact
api-read-contact = Read a contact
api-replace-contact = Replace the values of a contact
api-change-contact = Change values of a contact
api-delete-contact = Move a contact to the trash
api-list-notes = Read the notes on a contact
api-add-note = Add a note
api-list-organizations = List organizations
api-read-organization = Read an organization
api-add-organization = Add an organization
api-replace-organization = Replace the values of an organization
api-change-organization = Change values of an organization
api-delete-organization = Delete an organization
api-list-imports = List imports
api-start-import = Import a file
api-read-import = Read what became of an import
api-waits-columns = Somebody must say what the columns of this list are.
api-waits-decision = Somebody must confirm this import.
api-waits-rejected = { $count ->
    [one] One line is rejected: somebody must decide.
   *[other] { $count } lines are rejected: somebody must decide.
}
api-list-sources = List sources
api-read-by-source = Read a contact by its id in a source
api-put-by-source = Add or change a contact by that id
api-id = Identifier
api-put-many-by-source = Add or change up to 100 contacts by their ids
api-read-changes = Follow what changes in the address book
api-read-description = Read this description
problem-lookup = Give either “number” or “email”.
problem-unknown-field = “{ $name }” is not a field.
problem-repeated = “{ $name }” is there twice.
problem-not-a-text = Give a text.
problem-not-texts = Give a list of texts, without commas, semicolons or line breaks.
problem-not-a-flag = Give true or false.
problem-not-ids = Give a list of objects with “source” and “id”.
problem-only-note = Give “note”, a text, and nothing else.
problem-id-taken = Another contact has this id already.
problem-organization-contacts = Contacts belong to this organization. Say what happens to them: “contacts=leave” leaves them without organization, “move_to” moves them to the organization with this id.
problem-no-organization = There is no such organization.
problem-in-trash = Nothing was saved. Restore the contact in Carnet, then send it again.
problem-not-items = Give a list of at most { $max } objects with “id” and “contact”.
problem-too-many-items = Give at most { $max } contacts per request.
problem-not-an-item = Give an object with “id” and “contact”, and nothing else.
problem-not-an-object = Give an object.
history-sessions-ended = Sessions signed out
error-host-title = Another address
error-host = Carnet does not answer under this name. Open it at the address that your administrator gave you; whoever installs it sets this address with the option --public-url.
error-too-many-fields-title = The form is too long
error-too-many-fields = What was sent has more than { $limit } fields, more than our pages have. Nothing was saved, and what you typed cannot be shown here: go back in your browser to find it, then send it in several parts.
error-at-once-title = Too many requests at once
error-at-once = Your account is already waiting for several pages. If you were sending a form, it is not saved yet. Wait until the other pages have loaded, then refresh this one.
error-over-time-title = This page took too long
error-over-time = It was stopped so that others need not wait. Nothing is lost. If you were looking for someone, go back and be more specific: a whole name rather than words of one or two letters. Otherwise refresh the page in a few seconds.
error-busy-title = Carnet is very busy
error-busy = Too many requests are coming in at once. Nothing that was saved is lost; what you have just sent is not saved yet. Wait a few seconds, then refresh the page to send it again.

## Backing up and moving
backup-postgres = This book is on PostgreSQL, which backs itself up while the server runs: pg_dump --format=custom --file={ $file } --dbname=URL, then pg_restore --dbname=URL { $file } into an empty database.
backup-in-use = { $path } is a database in use: a backup cannot take its place. Name another file.
backup-full = The disk that { $path } is written to is full: free some space and try again. Nothing is left of it.
backup-not-noted = The backup is made, but the book could not store its date: { $cause }
copy-done = The book is copied: each table has the same number of rows and the same checksum on both sides. Sessions and failed sign-ins stay in the old one.
copy-differs = The copy differs from the book in the tables marked “≠”: nothing of it is kept.
copy-not-empty = The new book is not empty: its table { $table } holds something. Name an empty database.
copy-shapes = The two books are not of the same version as this program. Run “carnet migrate” on the old one, then try again with an empty database.
history-export-html = pages to read without the program
sheet-title = Address book of { $date }
sheet-state = As it was on { $time }. To read and print: what is changed here does not go into the book.
sheet-find = To search: Ctrl + F, or “Find in page” on a phone.
sheet-letters = Letters
sheet-pages = Pages
sheet-previous = Previous page
sheet-next = Next page

## Two-factor authentication
second-factor-title = Two-factor authentication
second-factor-code = Code
second-factor-code-hint = Six digits from your app, or a recovery code.
second-factor-ask = Password accepted. Now enter the code that the app on your phone shows.
second-factor-other-account = Use another account
second-factor-lost = Lost your phone? Enter one of your recovery codes. If you have none left, an administrator can turn off two-factor authentication for your account.
second-factor-wrong = This code is not valid, or was used before: wait until the app shows another, or use another recovery code
second-factor-wrong-told = { $count ->
    [one] One wrong code was typed for your account ({ $date }). If it was not you, somebody knows your password: change it.
   *[other] { $count } wrong codes were typed for your account since { $date }. If it was not you, somebody knows your password: change it.
 }
second-factor-too-many-today = Too many wrong codes today: those of the app are not accepted until { $date }. Enter a recovery code, or ask an administrator to turn off two-factor authentication
second-factor-too-many = Too many wrong codes: those of the app are not accepted any more. Enter a recovery code, or ask an administrator to turn off two-factor authentication
second-factor-ended = Too much time has passed, or your account has changed: sign in again
second-factor-since = On since { $date }.
second-factor-intro = After your password, Carnet will ask for a six-digit code that an app on your phone shows (FreeOTP, Aegis, 2FAS, Google or Microsoft Authenticator…). Guessing or stealing your password is then no longer enough to get in.
second-factor-password-hint = The one that you sign in with: we check that it is you.
second-factor-set-up = Set up two-factor authentication
second-factor-manage = Manage two-factor authentication
second-factor-account-on = A code from your phone is asked for after the password.
second-factor-account-off = Your account only asks for a password. A code from your phone can be added.
second-factor-required-title = Two-factor authentication is required for you
second-factor-required-text = This is the rule that the administrator chose. Set it up now: the rest of Carnet opens right after.
second-factor-interrupted = What you had typed is given back afterwards.
second-factor-scan = 1. Add the key to the app
second-factor-scan-text = In the app, add an account and scan this QR code.
second-factor-qr = QR code of the key
second-factor-type = Without a camera, enter this key (time-based):
second-factor-open = Open in the app on this device
second-factor-first = 2. Enter the code that it shows
second-factor-first-hint = Six digits; they change every thirty seconds.
second-factor-first-wrong = This code is not right: check the phone’s clock, and enter the one that the app shows now
second-factor-key-ended = This key has waited too long: start again
second-factor-turn-on = Turn on two-factor authentication
second-factor-is-on = Two-factor authentication is on
second-factor-turn-off = Turn off two-factor authentication
second-factor-off-text = Your account will only ask for the password, your recovery codes will no longer work, and your other sessions will end. To change phones, turn it off and set it up again.
second-factor-is-off = Two-factor authentication turned off.
recovery-codes-title = Recovery codes
recovery-codes-left = { $count ->
    [0] None is left: create new ones.
    [one] One is left. Each replaces the phone’s code once.
   *[other] { $count } are left. Each replaces the phone’s code once.
 }
recovery-codes-renew = Create new recovery codes
recovery-codes-renew-text = The codes that you have will no longer work.
recovery-codes-made = New recovery codes
recovery-codes-lead = Keep these codes elsewhere than on your phone: they are not shown again.
recovery-codes-how = Each replaces the phone’s code once, if you have lost or forgotten it.
recovery-codes-kept = I have kept them
recovery-code-used = { $count ->
    [0] Recovery code used. None is left: create new ones in “My account”.
    [one] Recovery code used. One is left.
   *[other] Recovery code used. { $count } are left.
 }
user-second-factor-text = If the user has lost the phone and the recovery codes, you can turn it off: the account then asks for its password alone, until it is set up again, and its sessions end.
user-second-factor-who = Make sure first who is asking: in person, or by calling back a number that you know. A message or a call is not enough.
user-second-factor-submit = Turn off two-factor authentication
user-second-factor-ask = Turn off two-factor authentication for { $name }?
user-second-factor-effect = The account will ask for its password alone, until it is set up again.
user-own-title = Password and two-factor authentication
user-own = Your own password and two-factor authentication are managed on your account’s page.
user-second-factor-removed = Two-factor authentication turned off for { $name }; the sessions have ended.
settings-second-factor = Two-factor authentication required for
settings-second-factor-hint = From their next page on, users who must have it and have not set it up have to do so before anything else.
settings-second-factor-ask = Require two-factor authentication for { $whose }?
settings-second-factor-confirm = Require two-factor authentication
settings-second-factor-count = { $count ->
    [one] One user has not set it up yet.
   *[other] { $count } users have not set it up yet.
 }
settings-second-factor-unknown = Choose for whom two-factor authentication is required
second-factor-for-nobody = nobody
second-factor-for-administrators = administrators
second-factor-for-coordinators = administrators and coordinators
second-factor-for-everybody = everybody
history-second-factor-on = Two-factor authentication turned on
history-second-factor-off = Two-factor authentication turned off
history-second-factor-removed = Two-factor authentication turned off by an administrator
history-recovery-codes-made = New recovery codes
history-recovery-code-used = Recovery code used
history-second-factor-failed = Wrong two-factor authentication code
company-sign-in = Sign in with the company account
company-new-tab = Sign in with the company account (new tab)
company-resume-text = With the company account: sign in in the new tab, then come back here and continue.
company-resume = Done: continue with what I typed
company-refused-title = You are not signed in
company-again = Try again with the company account
company-back = Sign in another way
company-unreachable = The company’s sign-in service does not answer. Try again in a minute; if it goes on, tell whoever runs Carnet. An account with a Carnet password still works.
company-stale = This sign-in was not begun in this browser, took more than ten minutes, or was already used. Start again.
company-untrusted = The answer of the company’s sign-in service could not be verified. Try again; if it happens again, tell whoever runs Carnet: the server’s log says why.
company-not-granted = The company’s sign-in service did not give access to Carnet, or you cancelled. Try again, or ask whoever manages the company accounts for access.
company-no-role = Your company account has no role in Carnet. Ask whoever manages the company accounts to put you into one of the groups for it.
company-disabled = This account is disabled in Carnet. An administrator can enable it again.
company-last-administrator = The company no longer makes you an administrator, and you are the last administrator of Carnet. Somebody else must be made one first, at the company or by whoever runs the server (“carnet user add”).
company-name-taken = Another account of Carnet is called { $name } already, and does not become yours by itself. Ask an administrator to give that account another name, then try again.
company-no-name = The company sends no name for you that can be a user name (1 to 50 characters). Tell whoever runs Carnet.
account-company = This account signs in with the company account: the company manages its password and sends its role at each sign-in.
user-company-title = Signing in
user-company = This account signs in with the company account, at { $issuer }. It has no password in Carnet, and the company sends its role at each sign-in.
user-company-tag = company
company-or = With a Carnet password
user-second-factor-company = up to the company
undo-will-withdraw-left = { $count ->
    [one] One contact added by an import that has been undone since goes to the trash, unless another import still contains it.
   *[other] { $count } contacts added by an import that has been undone since go to the trash, except those that another import still contains.
 }
user-company-role = Role now: { $role }
absence-saved-both-away = Absence saved. Note that { $name } is also away during this period.
skip-to-found = Go to the results

## Reports, and what waits
reports-title = Reports
report-link = Report a mistake
report = What is the mistake?
report-hint = One sentence is enough, 1,000 characters at most; add the right value if you know it. The coordinators’ answer will be shown here for { $days } days.
report-send = Send to the coordinators
report-added = Mistake reported: the coordinators will see it under “To do”.
report-missing = Describe the mistake
report-too-long = This text has { $length } characters: shorten it to { $max } at most
report-merged = This contact was merged with { $name } while you were typing. Nothing is lost: your report is about that contact now; check that it still holds, then send it
report-open = open
report-fixed = fixed
report-unfounded = nothing to fix
report-of = Reported mistake: { $name }
report-answer-link = Answer
report-answer = Answer
report-answer-hint = Optional, 1,000 characters at most. It is shown on the contact’s page.
report-fix = It is fixed
report-refute = Nothing to fix
report-answered = Answer sent.
report-outcome-missing = Choose “It is fixed” or “Nothing to fix”
report-answered-meanwhile = Somebody has already answered this report. Your answer was not sent; it is still below
report-answer-typed = Your answer, not sent
report-edit = Edit the contact
report-in-trash = This contact is in the trash.
data-reports = Reported mistakes: { $count }
history-report-added = Mistake reported
history-report-fixed = Report answered: mistake fixed
history-report-unfounded = Report answered: nothing to fix
waiting-title = To do
waiting-none = Nothing is waiting: no imports to decide, no doubtful rows, no duplicates, no contacts to check, no reported mistakes.
waiting-imports = Imports to decide
waiting-duplicates = Possible duplicates
waiting-unchecked = Contacts to check
waiting-reports = Reported mistakes
waiting-oldest = { $days ->
    [0] Waiting since today
    [1] Waiting since yesterday
   *[other] Waiting for { $days } days
 }
waiting-no-report = No reports are waiting for an answer.
waiting-no-more-reports = End of the list.

# Lists of any kind
state-mapping = Columns to name
import-title-mapping = { $name }: columns to name
import-older-node = The update of Carnet is not complete: a server of the older version could not read this list. Try again in a few minutes, or tell your administrator.
history-import-mapped = Columns of an import named
progress-reading = { $rows ->
    [one] Reading the list: { $rows } row read
   *[other] Reading the list: { $rows } rows read
 }
columns-awaited = A coordinator must say what each column holds.
columns-choose = Name the columns
columns-change = Change the columns
columns-too-late = This import is already running, done or discarded: its columns were not changed.
columns-title = { $name }: what does each column hold?
columns-check = Check the list
columns-refresh = Update the remarks
columns-sheet = Sheet of the workbook
columns-caption = Columns of the list, examples, and field of the address book
columns-column = Column
columns-values = Examples
columns-field = Field
columns-policy = If the contact exists
columns-policy-of = { $column }: if the contact exists
columns-ignored = Do not import
policy-replace = Replace its value
policy-fill = Fill in an empty field
policy-create = Keep its value, even if empty
columns-cleaning = Cleaning up
columns-capitals = Write “Dupont” instead of “DUPONT”
columns-capitals-hint = For names and cities written in capitals only.
columns-postal-zeros = Give postal codes their zero back
columns-postal-zeros-hint = 1000 becomes 01000: spreadsheets lose this zero.
columns-create-organizations = Create unknown organizations
columns-create-organizations-hint = Otherwise their rows are rejected, and the nearest name is shown.
columns-settings = Settings of the import
columns-mode = Contacts
mode-both = Add new ones, update the others
mode-create = Only add new ones
mode-update = Only update those in the address book
columns-blank = Blank cells
blank-keep = Keep the current value
blank-clear = Empty the field
columns-ambiguous = Doubtful rows
ambiguous-review = Put them aside, and import the others
ambiguous-reject = Reject them
columns-match = Recognize a contact by
columns-match-hint = The first criterion that finds a contact decides. Without a choice: e-mail, then external id, then name with phone.
columns-match-place = Criterion { $place }
match-external-id = External id
match-phone = Phone
match-name-phone = Name and phone
columns-source = Source of the external ids
columns-type = Contact type of the whole list
columns-type-hint = Show its fields to choose them for the columns.
columns-show-fields = Show its fields
targets-person = Person
targets-reach = E-mail and phone
targets-address = Address
targets-expertise = Statuses and expertise
targets-other = Other
targets-type = Fields of the contact type
target-full-name = Full name (first and last)
cleaned = { $what }: { $before } → { $after } ({ $count })
cleaned-away = { $what }: { $before } ({ $count })
column-fault = { $count ->
    [one] “{ $value }”: { $reason } ({ $count } row)
   *[other] “{ $value }”: { $reason } ({ $count } rows)
 }
cleaning-civility = Title
cleaning-capitals = Capitals
cleaning-leading-zero = Zero or + restored
cleaning-date = Date
cleaning-blank = Read as empty
cleaning-second-number = Second number moved to a free field
cleaning-second-email = Second e-mail moved to a free field
cleaning-spaces = Spaces
cleaning-full-name = First and last name split
cleaning-flag = Yes or no
cleaning-country = Country
cleaning-languages = Languages
cleaning-email = E-mail address
cleaning-url = Web address
cleaning-choice = Choice
cleaning-status = Status left out, no e-mail
targets-own = Carnet’s table
target-contact-id = Contact’s number
target-card-id = Card’s id
target-dropped = Properties left out
cleaning-other-type = field of another contact type, left out
left-out-columns = Columns left out: { $names }.
left-out-properties = Properties left out: { $names }.
left-out-kept = Properties without a field: { $names }. They are kept in a note, except photos, logos, sounds and keys.
dropped-hint = Properties without a field in Carnet can be kept in a note of each contact.
dropped-keep = Keep them in a note
dropped-forget = Do not keep them
list-csv = Text file (CSV).
list-workbook = Workbook.
list-cards = Contact cards (vCard).
list-heading = { $rows ->
    [one] { $rows } row, the headings.
   *[other] { $rows } rows, with the headings in row { $row }.
 }
list-no-heading = { $rows ->
    [one] { $rows } row, without headings.
   *[other] { $rows } rows, without headings.
 }
list-partial = The remarks are about the first { $rows } rows.
list-without-email = { $count ->
    [one] { $count } person without an e-mail.
   *[other] { $count } people without an e-mail.
}
list-faulty = { $count ->
    [one] { $count } row to correct.
   *[other] { $count } rows to correct.
}
list-blank = { $count ->
    [one] { $count } blank row.
   *[other] { $count } blank rows.
}
mapping-same-target = “{ $first }” and “{ $second }” would go to the same field, “{ $field }”. Choose another field for one of the two columns.
mapping-names-twice = “{ $full }” already gives the first and the last name: choose “Do not import” or another field for “{ $other }”.
mapping-no-key = No column gives a name, an e-mail or an id: choose at least one of these columns.
mapping-key-without-column = No column recognizes a contact by “{ $key }”. Choose this column, or another criterion.
mapping-no-source = “{ $column }” is an external id: choose its source in “Settings of the import”.
mapping-not-of-type = “{ $column }” is a field of a contact type: choose this type in “Settings of the import”.
list-encrypted = The workbook is protected by a password. Open it, remove the protection, save it, and choose it again.
list-damaged = The file is damaged. Open it in the program that wrote it, save it again, and try again.
list-no-sheet = The workbook does not have this sheet. Send it again, and choose another sheet.
list-too-many-columns = Row { $row } has more than { $max } columns. Keep only the columns that you need, and send the list again.
list-cell-too-long = Row { $row }, column { $column }: the cell has more than { $max } characters. Shorten it, and send the list again.
list-record-too-long = Row { $row } is far too long (more than 1 MiB). A closing quote may be missing: add it, or shorten the row.
list-too-many-cells = The workbook has more than { $max } filled cells. Split it into several files.
list-too-large = The content of the workbook is larger than { $max } MiB. Split it into several files.
list-too-large-packed = The workbook is larger than { $max } MiB. Split it into several files, or save it as CSV.
list-open-quote = A quote that opens in row { $row } never closes. Close it or remove it.
list-card-too-long = Card { $card } is far too long (more than 1 MiB without its photo). Shorten it, or remove it from the file.
list-open-card = Card { $card } does not end (“END:VCARD”). The file was probably cut off: export it again.
list-encoding = The accents of this file cannot be read: its encoding is unknown or mixed. Save it as “CSV UTF-8”.
fault-organization = this organization is not in the address book
fault-organization-cure = Create it in the address book, or tick “Create unknown organizations” where you name the columns.
fault-organization-near = Similar names: { $names }. Correct the name, or tick “Create unknown organizations” where you name the columns.
fault-doubtful = this row is doubtful: it may mean several contacts, or another contact
fault-doubtful-cure = Compare it with the address book, then change the right contact yourself.
lines-held = Doubtful rows
lines-held-text = It is not certain which contact they mean: the import writes nothing for them.
lines-unmatched = Rows without a contact
lines-unmatched-text = This import only updates contacts of the address book, and these rows match none of them.
diff-held = doubtful
diff-unmatched = no contact
count-held = { $count ->
   *[other] doubtful
 }
count-unmatched = without a contact
outlook-held = Line { $line }, doubtful: { $values }

# Doubtful rows
reviews-title = Doubtful rows
reviews-lead = These rows were put aside during an import. They wait for 90 days at most, then count as skipped.
reviews-none = No row is waiting.
review-title = Row { $line }: who is it?
review-row = row { $line }
review-compare = The row beside the contacts of the address book
review-list = In the list
review-update = Update this contact
review-create = Create a new contact
review-skip = Skip this row
review-separate = It is none of these contacts
review-separate-hint = “It is none of these contacts” creates a contact too, and Carnet remembers it: further lists do not ask again, and the duplicates do not propose to merge them.
review-emptying = This row would empty more than half of the values that this contact has in the columns of the list. Update the contact if that is meant.
review-left = { $count ->
    [one] { $count } row of this group is left to decide.
   *[other] { $count } rows of this group are left to decide.
 }
reviews-rows = { $count ->
    [one] { $count } row
   *[other] { $count } rows
 }
reviews-until = to decide before { $date }
reviews-more = See the { $count } rows
reviews-decide-all = Decide for the { $count } rows
reviews-decide-hint = The same decision holds for all rows of this group. A row that may mean several contacts is not updated: it stays here. Undoing the import takes everything back.
reviews-update-all = Update the contact of each row
reviews-create-all = Create a new contact per row
reviews-separate-all = They are not these contacts
reviews-skip-all = Skip these rows
review-all = { $count ->
    [one] Decide the same for the other row of this import with the same doubt
   *[other] Decide the same for the { $count } other rows of this import with the same doubt
 }
review-hint = A new contact is created without an e-mail or an id that another contact already has.
review-changed = One of these contacts has changed since: here are its current values. Decide again.
review-late = This row is already dealt with.
review-blanked = This row was erased from the file: it counts as skipped.
review-undone = This import is undone: there is nothing left to decide.
review-decided = { $count ->
    [one] { $count } row dealt with.
   *[other] { $count } rows dealt with.
 }
doubt-several = Several contacts match
doubt-keys = Its e-mail, id and phone do not mean the same contact
doubt-name = The e-mail is known, but under a wholly different name
doubt-number = A contact has this number and nearly the same name
doubt-emptied = The row would empty most values of the contact
doubt-gone = The contact that had this e-mail or id is in the trash, or was merged
history-review-decided = Doubtful row dealt with
waiting-reviews = Doubtful rows
waiting-reviews-ending = { $count ->
    [one] { $count } row will be skipped from { $date } on if nobody decides.
   *[other] { $count } rows will be skipped from { $date } on if nobody decides.
 }
decide-doubtful = { $count ->
    [one] { $count } of them is a doubtful row, which the settings of this list reject.
   *[other] { $count } of them are doubtful rows, which the settings of this list reject.
 }
decide-doubtful-see = See the doubtful rows
import-hold-doubtful = Put doubtful rows aside
import-hold-doubtful-hint = A known e-mail with a wholly different name, for example: you decide after the import.
data-waiting = { $count ->
    [one] { $count } waiting row of a list
   *[other] { $count } waiting rows of lists
 }
data-waiting-text = These doubtful rows may mean this person. They wait for a coordinator’s decision.
columns-instead = Choose the columns
columns-instead-hint = Does this file not quite have the expected form? You can say yourself what each column holds.
decide-hold = Put aside { $count ->
    [one] the doubtful row
   *[other] the { $count } doubtful rows
}
review-restore = Restore and update this contact
columns-invalid = The contact type or the source chosen for this list no longer exists: choose the columns again.
columns-heading-row = Row of the headings
columns-read-again = Read the list again
columns-heading-hint = Empty if the list has no headings.
## Import profiles
profiles-title = Import profiles
profiles-link = Import profiles
profiles-intro = A profile keeps what each column of a list contains. The next list with the same headings, in any order, is read in the same way.
profiles-empty = No profile yet. Import a list and, when you say what its columns are, give these choices a name.
profiles-new-hint = A list that comes every month can be read without describing its columns again.
profiles-too-many = There are already { $max } profiles: delete one first
profile-columns = Imported columns
profile-used = Last used
profile-never-used = never
profile-changed = Changed
profile-changed-by = { $date } by { $by }
profile-title = Profile { $name }
profile-name-hint = At most 50 characters.
profile-name-missing = Enter the name of the profile
profile-name-taken = Another profile already has this name: choose another one
profile-no-headings = This list has no headings: a profile could not recognise the next one
profile-bound-changed = Contacts changed at most (% of the rows)
profile-bound-changed-hint = From 0 to 100. Beyond it, the list waits for a decision. Applies from 10 rows on.
profile-bound-emptied = Contacts with an emptied value at most (% of the rows)
profile-bound-emptied-hint = From 0 to 100. Beyond it, the list waits for a decision. Applies from 10 rows on.
profile-bound-wrong = { $field }: enter a whole number from 0 to 100
profile-apply = Import without asking
profile-apply-hint = Only if no row is rejected or doubtful, the list stays within the bounds, and nobody asked to see what will change.
profile-columns-title = Columns of the profile
profile-columns-text = To change these choices, import a list, change its columns, and give a new profile name.
profile-saved = Profile { $name } saved.
profile-copy = Copy
profile-copy-name = { $name } (copy)
profile-copied = Profile copied: give it its name.
profile-deleted = Profile { $name } deleted.
profile-delete-text = The next list with these headings will ask again what each column contains. Imports that are done do not change.
profile-read-by = Columns read by the profile “{ $name }”.
profile-see = See the profile
profile-outdated = The profile “{ $name }” has the same headings, but it uses a contact type, a field or a source that no longer exists.
columns-profile-name = Keep these choices in a profile
columns-profile-hint = Optional: a name of at most 50 characters. The next list with the same headings will be read in the same way.
columns-profile-near = The profile “{ $name }” does not have quite these headings. { $difference }
headings-missing = Missing in this list: { $headings }.
headings-added = Not in the profile: { $headings }.
bound-changed-passed = { $rows ->
    [one] This list would change { $rows } contact for { $all } rows: the profile allows at most { $percent }% without a decision.
   *[other] This list would change { $rows } contacts for { $all } rows: the profile allows at most { $percent }% without a decision.
 }
bound-emptied-passed = { $rows ->
    [one] This list would empty values of { $rows } contact for { $all } rows: the profile allows at most { $percent }% without a decision.
   *[other] This list would empty values of { $rows } contacts for { $all } rows: the profile allows at most { $percent }% without a decision.
 }
history-profile-added = Import profile added
history-profile-edited = Import profile edited
history-profile-deleted = Import profile deleted
command-no-profile = There is no profile “{ $name }”. Check its name on the page of the import profiles.
command-strict-only = Without --profile, this command reads the strict file only. The import page reads other lists.
command-profile-cards = This file contains contact cards (vCard), which need no profile: import it on the page.
command-profile-gone = Somebody deleted the profile during the import.
command-other-headings = The headings of this list are not those of the profile “{ $name }”. { $difference }
columns-gone = The contact type or the source that you chose was deleted meanwhile: check the settings.

## Fixing rejected lines in the page

lines-title = { $name }: fix the rejected lines
lines-link = { $count ->
   *[other] Fix here ({ $count })
 }
lines-text-deciding = Fix the lines, then check again: the whole list is checked anew, and nothing is written before you decide.
lines-text-done = Fix the lines, then check again: those that are right are imported at once, as a part of this import. The others stay here.
lines-hint = A line whose fields you all empty is skipped.
lines-hint-strict = No field holds a comma.
lines-others = { $count ->
    [one] { $count } other rejected line is not on this page. Download it, fix it in a spreadsheet, then import it.
   *[other] { $count } other rejected lines are not on this page. Download them, fix them in a spreadsheet, then import them.
 }
lines-none = { $count ->
    [one] { $count } rejected line cannot be fixed here. Download it, fix it in a spreadsheet, then import it.
   *[other] { $count } rejected lines cannot be fixed here. Download them, fix them in a spreadsheet, then import them.
 }
lines-download = Download the rejected lines
lines-line = Line { $line }
lines-cell = Line { $line }, field { $cell }
lines-typed-cell = { $label }: { $value }
lines-error = Line { $line } – { $message }
lines-check = Check again
lines-back = Back to the import
lines-too-long = This line is too long to be fixed here: it was not saved. Shorten it, or fix it in the list.
lines-older-node = The update of Carnet is not complete: a server of the older version could not read the fixed lines. Nothing was saved. Try again in a few minutes, or tell your administrator.
lines-checked = { $count ->
    [one] { $count } line is right now. Fix the others too, or go back to the import to decide.
   *[other] { $count } lines are right now. Fix the others too, or go back to the import to decide.
 }
lines-checked-all = No line is rejected any more. Nothing is written yet: look at the preview, then decide.
lines-applied = { $count ->
    [one] { $count } fixed line was handled as a part of this import.
   *[other] { $count } fixed lines were handled as a part of this import.
 }
lines-fixed = { $count ->
    [one] { $count } rejected line was fixed in the page.
   *[other] { $count } rejected lines were fixed in the page.
 }
lines-lost-title = Some lines no longer need fixing
lines-lost-text = Meanwhile somebody else has fixed them, or they are no longer rejected. What you had typed for them was not saved; copy it if you need it.
lines-closed-busy = The import is at work: its lines cannot be fixed now. Nothing was saved.
lines-closed-refused = The file of this import is refused: its lines cannot be fixed any more. Nothing was saved.
lines-closed-cancelled = This import was discarded: its lines cannot be fixed any more. Nothing was saved.
lines-closed-undone = This import was undone: its lines cannot be fixed any more. Nothing was saved.
lines-closed-dropped = The file of this import is no longer kept: its lines cannot be fixed here any more. Nothing was saved.
history-lines-fixed = Rejected lines fixed
webhooks-title = Webhooks
webhooks-intro = A webhook tells another tool as soon as a contact changes. Carnet sends what happened to the address: which contact, which fields, without the values.
webhooks-empty = No webhooks. Add the address that your tool gives you.
webhooks-too-many = There are already { $max } webhooks: delete one first
webhook-new = New webhook
webhook-add = Add webhook
webhook-url = Address
webhook-url-hint = It begins with https://. Carnet sends a message there (POST) and waits 10 seconds for a 2xx answer.
webhook-url-missing = Address: enter the one that your tool gives you
webhook-url-too-long = Address: at most { $max } characters
webhook-url-not-a-url = Address: write it in full, for example https://tool.example.org/carnet
webhook-url-not-https = Address: it must begin with https://. The server’s operator can allow http for an internal tool, with --webhook-hosts
webhook-url-credentials = Address: remove the name and password. The tool recognises Carnet by the signature of each message
webhook-url-private = Address: it is that of an internal machine. The server’s operator can allow it, with --webhook-hosts
webhook-url-taken = A webhook already has this address: edit that one instead
webhook-events = Reported changes
webhook-events-missing = Choose at least one change
webhook-event-created = Created
webhook-event-changed = Edited
webhook-event-deleted = Moved to the trash
webhook-event-restored = Restored
webhook-event-merged = Merged
webhook-event-erased = Permanently deleted
webhook-sends = Active
webhook-state = State
webhook-state-on = Active
webhook-state-failing = Failing
webhook-state-off = Stopped
webhook-state-failed = Stopped: too many failures
webhook-state-restored = Stopped: restored book
webhook-delivered = Last confirmed message
webhook-delivered-never = None
webhook-failing-since = Failing since
webhook-next-try = Next attempt
webhook-trouble = Cause
webhook-trouble-address = the address is that of an internal machine, which the server’s operator has not allowed (--webhook-hosts)
webhook-trouble-name = there is no machine of this name
webhook-trouble-connection = no connection: machine down, port closed or certificate refused
webhook-trouble-time = no answer within 10 seconds
webhook-trouble-status = answer { $status } instead of 2xx
webhook-trouble-place = this book does not have the position
webhook-failed-text = The tool has not answered for a day, or has asked to stop: nothing is sent to it any more. Repair it, test it, then start the webhook again.
webhook-restored-text = This book is a copy or a restored backup. Start the webhook again if this is the book that the tool must follow.
webhook-start = Resume where it stopped
webhook-start-now = Resume from now on
webhook-start-hint = From now on: the tool will not learn what happened since it stopped.
webhook-stop = Stop
webhook-test = Send a test message
webhook-tested = The tool answered { $status } to the test message.
webhook-test-failed = The test message was not confirmed: { $trouble }.
webhook-started = The webhook is active.
webhook-stopped = The webhook is stopped.
webhook-saved = Webhook saved.
webhook-gone = Somebody deleted this webhook while you were typing. Nothing is lost: add it again, or leave this page
webhook-secret = Secret
webhook-secret-made = The webhook’s secret
webhook-secret-made-text = Copy it into your tool now, which uses it to verify the signature of each message (Standard Webhooks): it is shown only here and only once.
webhook-secret-title = Replace the secret?
webhook-secret-text = Messages are signed with the new secret at once. Your tool refuses them until it has the new one; Carnet sends them again.
webhook-secret-renew = Replace the secret
webhook-delete-title = Delete this webhook?
webhook-delete-text = The tool will no longer be told of changes.
webhook-deleted = Webhook { $url } deleted.
history-webhook-added = Webhook added
history-webhook-edited = Webhook edited
history-webhook-deleted = Webhook deleted
waiting-webhooks = Stopped webhooks
restored-field = Book restored or copied
restored-title = This book is a copy or a restored backup
restored-text = Webhooks are stopped: start those that must follow this book. Access keys that were ended since the backup work again: check them.
restored-no-key = No access key works.
restored-keys = Keys that work
restored-confirm = I have checked
restored-seen = Noted.
restored-link = This book was just restored or copied: check the access keys and webhooks
problem-malformed = The address, a header or the body of the request does not have the expected form. The page /api has the names and types of the parameters.
problem-not-found = Nothing in the book has this path or id. The page /api has the paths.
problem-no-source-title = Unknown source
problem-no-source = No source in the book has this name. An administrator adds it under “Sources”, in the menu of the account.
problem-too-many-ids = Give at most { $max } ids.
problem-parameter-title = Unknown parameter
problem-parameter = This request has no parameter “{ $name }”. The page /api has the names.
problem-method = This path does not accept this method. The page /api has the methods.
problem-length = Send the length of the body, with “Content-Length”; “Transfer-Encoding: chunked” is not accepted.
problem-too-large = The body of the request is larger than { $limit }.
