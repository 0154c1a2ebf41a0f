"""People: offices in a tree of three levels, and those who work there."""

from app.statistics.populations.speeches import Speech, chosen

OFFICES_A_DIRECTORATE, DIRECTORATES_A_MINISTRY = 20, 10
OFFICES, DIRECTORATES, MINISTRIES = 1_000, 1_000_000, 2_000_000  # below their ids
GRADES = ("A1", "A2", "A2", "B1", "B1", "B2", "B2", "C1", "C1", "C2", "D", None)
GENDERS = ("woman", "woman", "woman", "woman", "man", "man", "man", "man", "other", None)
COUNTRIES = (
    "BF", "BJ", "CI", "CM", "EG", "FR", "GN", "JO", "KE", "LB", "MA", "ML", "MR", "NE", "RW", "SN",
    "SN", "TD", "TG", "TN",
)  # fmt: skip
REGIONS = ("01", "02", "03")
NAMES = ("Amina", "Bakary", "Chadia", "Demba", "Esther", "Fatou", "Georges", "Hawa", "Idris", "Joy")
SURNAMES = ("Benali", "Camara", "Diop", "El Amrani", "Fofana", "Gueye", "Haddad", "Issoufou")


def institutions(speech: Speech, offices: int) -> list[str]:
    """Offices under directorates under ministries; the smallest population has one of each."""
    directorates = -(-offices // OFFICES_A_DIRECTORATE)
    ministries = -(-directorates // DIRECTORATES_A_MINISTRY)
    levels = (
        ("ministry", "Ministry", MINISTRIES, ministries, "NULL"),
        ("directorate", "Directorate", DIRECTORATES, directorates,
         f"{MINISTRIES + 1} + (n - 1) / {DIRECTORATES_A_MINISTRY}"),
        ("office", "Office", OFFICES, offices,
         f"{DIRECTORATES + 1} + (n - 1) / {OFFICES_A_DIRECTORATE}"),
    )  # fmt: skip
    kinds = {"directorate": "department"}
    moment = speech.moment("0")
    made = []
    for key, name, first, many, parent in levels:
        kind = kinds.get(key, key)
        made += [
            f"""INSERT INTO institutions (id, key, kind, time_zone)
            SELECT {first} + n, '{key}-' || n, '{kind}', 'UTC' FROM s WHERE n <= {many}""",
            f"""INSERT INTO institution_states
              (id, institution_id, name, folded, parent_id, valid_from, recorded_at)
            SELECT {first} + n, {first} + n, '{name} number ' || n, '{key} number ' || n,
              {parent}, {moment}, {moment} FROM s WHERE n <= {many}""",
        ]
    return made


def users(speech: Speech) -> str:
    """Accounts that nobody can sign in with, at addresses that reach nobody."""
    moment = speech.moment("0")
    name = f"{chosen('n', NAMES)} || ' ' || {chosen('n', SURNAMES, 1)} || ' ' || n"
    return f"""
        INSERT INTO users (id, subject, email, email_folded, name, language, made_at, confirmed_at)
        SELECT n, {speech.uuid("1", "n")}, 'learner.' || n || '@demo.example',
          'learner.' || n || '@demo.example', {name}, 'en', {moment}, {moment}
        FROM s"""


def office_of(people_an_office: int) -> str:
    """SQL of the office that a person works in, by their number."""
    return f"({OFFICES + 1} + (n - 1) / {people_an_office})"


def placements(speech: Speech, people_an_office: int) -> str:
    """One a person, in the office of their number; a directorate works in one country."""
    moment = speech.moment("n % 1000")
    number = f"((n - 1) / {people_an_office})"
    country = chosen(f"{number} / {OFFICES_A_DIRECTORATE} + 1", COUNTRIES, 2)
    return f"""
        INSERT INTO placements (id, user_id, institution_id, grade, gender, country, place,
          valid_from, recorded_at, confirmed_at)
        SELECT n, n, office, grade, gender, country, country || '-' || region,
          {moment}, {moment}, {moment}
        FROM (SELECT n, {office_of(people_an_office)} AS office,
          {chosen("n", GRADES, 3)} AS grade, {chosen("n", GENDERS, 4)} AS gender,
          {country} AS country, {chosen(f"{number} + 1", REGIONS, 5)} AS region FROM s) AS told"""


def sign_ins(speech: Speech) -> str:
    """A sign-in a person, of a browser that nobody has."""
    return f"""
        INSERT INTO sign_ins
          (token_hash, key, user_id, browser, system, is_two_steps, made_at, used_at, until)
        SELECT {speech.token("n")}, {speech.uuid("9", "n")}, n, 'Firefox', 'Windows', {speech.false},
          {speech.moment("0")}, {speech.moment("0")}, {speech.moment("5000000")} FROM s"""
