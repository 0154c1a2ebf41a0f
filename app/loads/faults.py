"""Faults: what is wrong with a file or a row of it, as a code with values, and how to mend it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.i18n.marking import N_

# Message ids by code: what is wrong, and how to mend it. Values are filled in by the reader's page.
WORDS: Mapping[str, tuple[str, str]] = {
    # The file as a whole.
    "encoding": (
        N_("Line %(line)s holds a character that is not UTF-8."),
        N_("Save the file as “CSV UTF-8”, or bring it again and say that it is Windows-1252."),
    ),
    "no-text": (
        N_("The file is neither text nor a workbook."),
        N_("Bring a CSV file, or a workbook saved as .xlsx."),
    ),
    "old-workbook": (
        N_("The file is a workbook of an old kind."),
        N_("Save it as .xlsx or as CSV UTF-8, then bring it again."),
    ),
    "broken-workbook": (
        N_("The workbook is broken or protected by a password."),
        N_("Open it in your spreadsheet, save a copy as .xlsx, and bring the copy."),
    ),
    "swollen-workbook": (
        N_("Unpacked, the workbook is far larger than its file, so it was not read."),
        N_("Copy the rows into a new workbook, or save them as CSV UTF-8."),
    ),
    "empty": (
        N_("The file holds no rows."),
        N_("Write the names of the columns in the first line and one row in each line below."),
    ),
    "open-quote": (
        N_("A quotation mark in line %(line)s is never closed, or a cell is far too long."),
        N_("Look at that line; a quotation mark inside a cell is written twice."),
    ),
    "too-many-rows": (
        N_("The file has more than %(most)s rows."),
        N_("Divide it into several files."),
    ),
    "column-unknown": (
        N_("There is no column “%(name)s” (column %(place)s of line %(line)s)."),
        N_("Rename it as in the example file, or take it out."),
    ),
    "column-twice": (
        N_("The column “%(name)s” is there twice."),
        N_("Take one of the two out."),
    ),
    "column-missing": (
        N_("The column “%(name)s” is missing."),
        N_("Add it; the example file shows all columns."),
    ),
    # A cell.
    "missing": (N_("The cell is empty."), N_("Fill it in.")),
    "too-long": (
        N_("The cell has more than %(most)s characters."),
        N_("Shorten it."),
    ),
    "formula": (
        N_("The cell holds a formula, and formulae are never worked out here."),
        N_("Put its value in its place: copy the column and paste only the values."),
    ),
    "unprintable": (
        N_("The cell holds characters that cannot be shown."),
        N_("Write it anew."),
    ),
    "no-address": (
        N_("“%(value)s” is no address of mail."),
        N_("Write the whole address, such as awa.diop@institute.example"),
    ),
    "no-day": (
        N_("“%(value)s” is no day."),
        N_("Write year, month and day: 2026-06-12."),
    ),
    "day-absurd": (
        N_("The day %(value)s lies before 1800 or too far ahead."),
        N_("Look at the year."),
    ),
    "day-ahead": (
        N_("The day %(value)s is still to come."),
        N_("Leave the day out, or bring the row again on that day."),
    ),
    "no-code": (
        N_("“%(value)s” is no code."),
        N_("Write small letters, digits and hyphens, such as roads-north; 64 at most."),
    ),
    "no-country": (
        N_("“%(value)s” is no country."),
        N_("Write the two letters of ISO 3166, such as SN."),
    ),
    "no-place": (
        N_("“%(value)s” is no code of a place."),
        N_("Write a code such as SN-DK: the country, a hyphen, up to three signs."),
    ),
    "place-elsewhere": (
        N_("The place lies in another country than the row says."),
        N_("Mend the place or the country."),
    ),
    "no-language": (
        N_("“%(value)s” is no language of these pages."),
        N_("Write en, fr or ar, or leave the cell empty."),
    ),
    "no-choice": (
        N_("“%(value)s” is none of the answers: %(choices)s."),
        N_("Write one of them."),
    ),
    "swapped": (
        N_("There is an address where it does not belong: columns seem to be swapped."),
        N_("Put each column under its own name."),
    ),
    # A row.
    "too-many-cells": (
        N_("The row has more cells than the first line has columns."),
        N_("Put quotation marks around cells that hold the separator."),
    ),
    "twice": (
        N_("The same is in line %(line)s already."),
        N_("Keep one of the two lines."),
    ),
    "no-key": (
        N_("Neither an address nor a personal number is given."),
        N_("Give at least one of the two."),
    ),
    "unit-unknown": (
        N_("None of your institutions has the code “%(value)s”."),
        N_("Look the code up in the list of your institutions, or bring the institutions first."),
    ),
    "two-people": (
        N_("The address and the personal number belong to two different accounts."),
        N_("Mend one of the two, or leave one out."),
    ),
    "mail-differs": (
        N_("The account with this personal number has another address."),
        N_("Leave the address out; people change it themselves in their account."),
    ),
    "number-differs": (
        N_("The account with this address has another personal number."),
        N_("Mend the number, or leave it out."),
    ),
    "person-elsewhere": (
        N_("This person works, says to work or holds a role at an institution that is not yours."),
        N_("Ask the person to say where they work now, or an administrator who looks after both."),
    ),
    "person-unknown": (
        N_("Nobody at your institutions has this address or number."),
        N_("Bring the people first, or mend the cell."),
    ),
    "course-unknown": (
        N_("There is no open course “%(value)s” for this person."),
        N_("Copy the last part of the course’s address, such as first-course."),
    ),
    "unit-elsewhere": (
        N_("The code “%(value)s” belongs to an institution that is not yours."),
        N_("Choose another code."),
    ),
    "unit-over": (
        N_("The institution “%(value)s” has ended, or is to end."),
        N_("Give the new one a code of its own."),
    ),
    "kind-stays": (
        N_("The institution is of another kind (%(value)s), which never changes."),
        N_("Write that kind, or close the institution and found another."),
    ),
    "parent-unknown": (
        N_("“%(value)s” above it is neither in this file nor among your institutions."),
        N_("Add a row for it, mend the code, or leave the cell empty."),
    ),
    "parent-refused": (
        N_("The row of what stands above it, line %(line)s, is refused."),
        N_("Mend that line first."),
    ),
    "cycle": (
        N_("It would stand under itself: %(path)s."),
        N_("Mend the institution above in one of these rows."),
    ),
    "cycle-then": (
        N_(
            "From %(since)s to %(until)s it would stand under itself, by moves that are entered"
            " already: %(path)s."
        ),
        N_("Write the last of these days or a later one, or mend the institution above."),
    ),
    "before-parent": (
        N_("It would stand before what is above it; the first day that fits is %(day)s."),
        N_("Write that day or a later one."),
    ),
    "changes-overlap": (
        N_("The institution has changed since the day given; the first day that fits is %(day)s."),
        N_("Write that day or a later one."),
    ),
    "meanwhile": (
        N_("Something changed here after the file was looked at, so the row was left out."),
        N_("Bring the row again."),
    ),
}  # fmt: skip


class Fault(NamedTuple):
    """What is wrong in a row, in which column, if in one."""

    column: str
    code: str
    values: dict[str, Any]


class Unfit(Exception):
    """A cell that cannot be read as what its column holds."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


class FileFaulty(Exception):
    """A file of which no row can be read."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values
