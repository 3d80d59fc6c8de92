# Carnet, in English.

## The page
app-name = Carnet
skip-link = Skip to content
nav-label = Main menu
nav-contacts = Contacts
nav-search = Search
nav-imports = Imports
nav-users = Accounts
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

## What is wrong with a value
fault-at-field = { $label }: { $reason }. { $cure }
fault-missing = missing
fault-missing-cure = Enter it: the e-mail is what identifies the recipient.
fault-too-long = { $length } characters; at most { $max }
fault-too-long-cure = Shorten it.
fault-too-short = fewer than { $min } characters
fault-too-short-cure = Choose a longer one, for example a few words in a row.
fault-control = a control character or a line break
fault-control-cure = Remove it; type the value again if nothing shows.
fault-civility = unknown civility
fault-civility-cure = Write M., Mme or Mlle.
fault-email = not an e-mail address
fault-email-cure = Write an address like name@example.com.
fault-no-digit = no digit
fault-no-digit-cure = Write a number like 01 10 20 30 40.
fault-digits = something other than digits (spaces, points, letters, a + sign)
fault-digits-cure = Write the digits in a row: 0110203040 or 0033110203040.
fault-white-space = a space
fault-white-space-cure = Remove it, or put a hyphen in its place.
fault-field-count = { $found ->
    [one] { $found } field instead of 8
   *[other] { $found } fields instead of 8
 }
fault-field-count-more = Does a field hold a comma? Remove it, even between quotes.
fault-field-count-fewer = Keep the eight fields, empty if need be: seven commas a line.
fault-line-too-long = a line of more than { $max } bytes
fault-line-too-long-cure = Check that no line break is missing.
fault-superseded = the same address comes again on line { $line }
fault-superseded-cure = The last one counts; remove this one if it is the same person.

## Fields of a contact
field-civility = Civility
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
status-copy-hint = can be put in copy
status-transfer-hint = can be handed a case

## Address book
contacts-title = Address book
find-title = Who can help?
find-intro = Experts, people to put in copy, people to transfer to
contacts-total = { $count ->
    [0] No contact
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
filter-more = Service, city, import
filter-apply = Filter
filter-remove = Remove the filter { $filter }
filter-clear = Clear all
filter-status = Status
filter-all = All
import-column = Import
statuses-column = Statuses
contact-column = Details
contact-add = Add a contact
import-list = Import a list
statuses-submit = Save the selection
statuses-note = What you tick counts for this page only: save before you move to another.
statuses-unchanged = No status has changed.
statuses-saved = { $count ->
    [one] Statuses saved: { $count } contact changed.
   *[other] Statuses saved: { $count } contacts changed.
 }
no-email = no e-mail
no-phone = no phone number
list-empty = The book is empty.
list-empty-hint = Import a list of recipients, from the template, or add a first contact.
list-empty-agent = A coordinator has to import a list first.
list-nothing-found = No contact matches.
list-nothing-found-hint = Check the spelling, search by the beginning of a word, or remove a filter.
page-nothing-more = There are no more contacts on this side of the list.

## A contact
contact-edit = Edit
contact-delete = Delete
contact-new-title = Add a contact
contact-edit-title = Edit { $name }
contact-form-note = First and last name are required; everything else is optional.
contact-statuses = Statuses
contact-none = No status
contact-updated = Changed on { $date }
contact-updated-by = Changed on { $date } by { $name }
contact-coordinates = Details
contact-address = Postal address
contact-identity = Identity
email-hint = It identifies the recipient; Copy and Transfer need it.
phone-hint = For example 01 10 20 30 40 or +33 1 10 20 30 40.
contact-added = Contact added.
contact-restored = This address was that of a deleted contact, who is back with what you have just entered.
contact-saved = Contact saved.
contact-stale = Someone saved this contact while you were typing. Nothing is lost: compare, correct if need be, then save again
conflict-title = What differs
conflict-field = Field
conflict-theirs = Saved meanwhile
conflict-yours = What you typed
contact-delete-title = Delete { $name }?
contact-delete-text = The contact leaves the book, and agents no longer find it. It is not destroyed: an import or a new contact with the same e-mail address brings it back.
contact-delete-confirm = Delete this contact
contact-deleted = { $name } was deleted from the book.

## Imports
imports-title = Imports
imports-caption = Imports, the latest first
imports-empty = No list has been imported yet.
imports-older = Older imports
import-new-title = Import a list
import-name = Name of the import
import-name-hint = No spaces, at most 50 characters; it is shown in the Import column, for example june2026.
import-name-missing = Enter a name for this import, for example june2026
import-name-space = The name of an import holds no space: write for example june-2026
import-name-taken = An import already has this name: choose another
import-file = CSV file
import-file-hint = CSV in UTF-8, separated by commas, at most { $max } MiB.
import-file-missing = Choose the CSV file to import
import-file-again = Choose the file again: the browser does not keep it.
import-valid-anyway = Import the valid lines even if others are rejected
import-valid-hint = Otherwise nothing is written while a line is rejected: you decide then.
import-submit = Import the list
import-effect = Addresses that are already known are updated: the eight fields of the file replace those of the book, even empty ones. Statuses stay. New contacts are Expert and Copy.
format-title = The format of the file
format-intro = One line a recipient, eight fields separated by commas, always in this order. No field holds a comma.
format-header-note = The first line may hold the names of the columns, in French.
format-column = Column
format-limit-title = Length
format-rule = Rule
format-limit = { $max } characters
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
state-cancelled = Cancelled
import-title-checking = { $name }: being checked
import-title-deciding = { $count ->
    [one] { $name }: { $count } line to mend
   *[other] { $name }: { $count } lines to mend
 }
import-title-applying = { $name }: being imported
import-title-done = { $name }: import done
import-title-refused = { $name }: file refused
import-title-cancelled = { $name }: import cancelled
import-facts = { $file } · { $size } · sent on { $date }
import-facts-by = { $file } · { $size } · sent on { $date } by { $by }
import-sha = SHA-256 of the file
count-created = new
count-updated = updated
count-to-update = to update
count-unchanged = unchanged
count-restored = restored
count-superseded = repeated
count-rejected = rejected
count-skipped = skipped (header, empty)
count-total = { $count ->
    [one] { $count } line in the file
   *[other] { $count } lines in the file
 }
counts-label = What becomes of the lines
decide-title = Nothing has been written yet.
decide-text = { $count ->
    [0] No line is valid: mend the file and send it again.
    [one] You can import the valid line now, or mend the file and send it again.
   *[other] You can import the { $count } valid lines now, or mend the file and send it again.
 }
decide-confirm = { $count ->
    [one] Import the valid line
   *[other] Import the { $count } valid lines
 }
decide-cancel = Cancel the import
progress-checking = Checking the file: { $percent }%
progress-applying = { $done } of { $total } lines
progress-left = { $seconds ->
    [one] about { $seconds } second left
   *[other] about { $seconds } seconds left
 }
progress-leave = You can leave this page: the work goes on, and the import stays in the list of imports.
progress-refresh = Refresh
progress-auto = Refresh every 2 s
progress-stop = Stop refreshing
cancel-note = Nothing is written yet: cancelling leaves no trace in the book.
done-see = { $count ->
    [0] See the contacts of this import
    [one] See the contact of this import and give it its statuses
   *[other] See the { $count } contacts of this import and give them their statuses
 }
refused-title = This file cannot be imported.
refused-again = Import another file
cancelled-text = Nothing was written. The name is free again.
rejected-title = Rejected lines
rejected-caption = Rejected lines, in the order of the file
rejected-download = { $count ->
    [one] Download the rejected line (CSV)
   *[other] Download the { $count } rejected lines (CSV)
 }
rejected-next = Next rejected lines
report-download = Download the report (CSV)
superseded-title = Repeated lines
superseded-text = The same e-mail address comes again further down in the file: the last line counts.
superseded-caption = Repeated lines, in the order of the file
superseded-next = Next repeated lines
row-line = Line
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
import-counts = { $written } written, { $rejected } rejected of { $lines } lines
import-done-flash = Import done.
import-cancelled-flash = Import cancelled: nothing was written.
import-too-late = It is too late to cancel: the import is being written, or done.
refusal-empty = The file is empty. Choose a file with at least one line.
refusal-spreadsheet = This is a spreadsheet (Excel or LibreOffice), not a CSV file. In Excel: File, Save As, “CSV UTF-8”. In LibreOffice: Save As, “Text CSV”, character set UTF-8, field delimiter comma.
refusal-utf16 = The file is in UTF-16 (Excel’s “Unicode Text”), not in UTF-8. In Excel: File, Save As, “CSV UTF-8”. In LibreOffice: Save As, “Text CSV”, character set UTF-8, field delimiter comma.
refusal-not-utf8 = The file is not in UTF-8: line { $line }, byte { $byte }. It is probably in Windows-1252. In Excel: File, Save As, “CSV UTF-8”. In LibreOffice: Save As, “Text CSV”, character set UTF-8, field delimiter comma.
refusal-semicolons = The fields are separated by semicolons, not by commas (line { $line }). In LibreOffice: Save As, “Text CSV”, field delimiter comma. Excel in French always writes semicolons: replace them by commas in a text editor.
refusal-tabs = The fields are separated by tabs, not by commas (line { $line }). In LibreOffice: Save As, “Text CSV”, field delimiter comma. In Excel: Save As, “CSV UTF-8”.
refusal-header = The columns are not in the right order (line { $line }). They must be: Civilité, Prénom, Nom, E-mail, Service, Téléphone, Adresse, Ville.
check-finding = Line { $line }, { $column }: “{ $value }”: { $reason }. { $cure }
check-summary = { $lines } lines: { $valid } valid, { $rejected } rejected, { $superseded } repeated, { $skipped } skipped.
import-summary = { $lines } lines: { $created } contacts new, { $updated } updated, { $unchanged } unchanged, { $restored } restored, { $superseded } repeated, { $rejected } rejected, { $skipped } skipped.
import-stopped = Nothing was written: { $rejected } lines are rejected. Mend them, or import the other { $importable } with --on-error import-valid.

## Accounts
username = User name
username-missing = Enter the user name
username-taken = An account already has this name: choose another
username-hint = At most 50 characters; it is what one signs in with.
password = Password
new-password = New password
new-password-missing = Enter a password
new-password-hint = At least { $min } characters; a few words in a row make a good password.
sign-in-title = Sign in
sign-in-submit = Sign in
sign-in-wrong = Wrong user name or password
sign-in-wait = { $seconds ->
    [one] Too many tries: wait { $seconds } second before the next
   *[other] Too many tries: wait { $seconds } seconds before the next
 }
sign-in-note = The session ends after 12 hours without activity.
signed-out = You are signed out.
setup-title = Create the administrator
setup-intro = Carnet starts for the first time. The one-time code is shown in the terminal where the program was started.
setup-code = One-time code
setup-code-wrong = This is not the code that the last start showed: copy it as it is, for example 1a2b-3c4d-5e6f-7a8b
setup-submit = Create the administrator
setup-done = Administrator created. Now add the accounts of your team.
role = Role
role-missing = Choose a role
role-agent = Agent
role-coordinator = Coordinator
role-administrator = Administrator
role-agent-hint = searches the book
role-coordinator-hint = keeps the book: imports, contacts, statuses
role-administrator-hint = also manages the accounts
users-title = Accounts
users-caption = Accounts by name
user-add = Add an account
user-edit = Edit { $name }
user-state = State
user-active = Active
user-disabled = Disabled
user-disable = Disable this account
user-disable-hint = It can no longer sign in, and its sessions end.
user-created = Created on
user-password-title = New password
user-password-submit = Set this password
user-added = Account { $name } added.
user-saved = Account { $name } saved.
user-password-saved = New password set for { $name }; its sessions have ended.
last-administrator = This is the last active administrator: make another one first
actions = Actions
account-title = My account
language = Language
language-auto = The browser’s
language-saved = Language saved.
current-password = Current password
current-password-wrong = The current password is not right
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
sessions-end = Sign out elsewhere
sessions-ended = { $count ->
    [0] No other session was open.
    [one] { $count } other session signed out.
   *[other] { $count } other sessions signed out.
 }

## Errors
error-home = Back to the book
error-reference = Reference for your administrator: { $reference }
error-right-title = Access denied
error-right = Your role does not give the right { $right }. Ask an administrator for it if you need it.
error-forgery-title = Outdated form
error-forgery = This form was not accepted: it comes from another address, or from before you last signed in. Go back to the page, refresh it and try again.
error-not-found-title = Page not found
error-not-found = This page does not exist, or what it showed was deleted.
error-method-title = Not possible here
error-method = This address exists, but not for this action. Use the links and buttons of the pages.
error-too-large-title = File too large
error-too-large = What was sent is over the limit of { $limit }. Split the list into several files, or ask an administrator to raise the limit.
error-slow-title = Sending interrupted
error-slow = Sending was too slow and has stopped. Check your connection and try again.
error-conflict-title = Already done
error-conflict = Someone did the same thing at the same moment. Go back to the page and check.
error-unavailable-title = Carnet is unavailable for the moment
error-unavailable = The database does not answer. Nothing that was saved is lost; what you have just sent is not saved yet. Wait a few seconds, then refresh the page to send it again.
error-full-title = The server’s disk is full
error-full = Nothing was written and nothing is damaged. Tell the administrator, who will make room; then refresh the page to send again.
error-request-title = Request not understood
error-request = The address or the form is damaged. Use the links and buttons of the pages.
error-internal-title = Something went wrong
error-internal = This is a fault of Carnet, not yours. Try again; if it comes back, give the reference to your administrator.
