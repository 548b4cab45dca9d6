"""maild, a helpdesk that lives in e-mail. The map of the house, one line per room, by floor.

FACE  cli       every command an admin or operator types
FACE  demo      an embedded mail server and a conversation you can watch
FACE  simulate  a desk played on a jumping clock: scenarios, and mail of the past
MAIN  daemon    builds every part; owns the threads, ticks, signals and the clock
FLOW  intake    one inbound mail, one transaction
FLOW  sweep     one ticket whose alarm rang, one transaction
FLOW  outbox    claim a letter, hand it to a courier, record the verdict
FLOW  chores    what is due by the calendar: reports, and closing what is solved
FLOW  announce  an admin's own words to everybody they concern, each once
FLOW  casework  one ticket in one transaction: events happen, clocks move, letters are posted
EDGE  config    YAML and secrets -> frozen Settings, or every problem at once
EDGE  store     tables, migrations and every query
EDGE  imap      a mailbox: new bytes in, flags and moves out
EDGE  smtp      a courier over SMTP
EDGE  parsing   the limited child processes in which foreign mail is read
CORE  notices   what is told to whom: one function per letter
CORE  desk      the words of one organisation: mailboxes, people, calendars, policies
CORE  routing   rules and who gets what; the verdict says which rule and why
CORE  sla       calendars, clocks, ladder: events in, deadlines and due stages out
CORE  tickets   ticket, events, thread keys, orders, who may do what, letters to whom
CORE  mail      bytes -> Mail; who is writing; new text, quotes, language; composing
DATA  templates ar/ and en/, text and HTML, one per letter

Arrows point only downward, and rooms of one line of the plan are strangers to one another
(docs/architecture.md; held by import-linter). The core is pure: `now` is always an argument.
"""
