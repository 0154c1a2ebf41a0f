"""The slices: what each brings to the application, its routes, reactions and jobs."""

from collections.abc import Callable
from datetime import timedelta

from app.activity.events import Happening
from app.administration import routes as administration_routes
from app.assessment import routes as assessment_routes
from app.assessment.attempts import OVERDUE
from app.assessment.jobs import grade_overdue
from app.auditing import routes as auditing_routes
from app.catalogue import routes as catalogue_routes
from app.catalogue.finding import routes as finding_routes
from app.catalogue.reading import routes as reading_routes
from app.catalogue.successions import VersionPublished
from app.credentials import routes as credentials_routes
from app.credentials.certificates import CertificateIssued, CertificateRevoked
from app.credentials.reactions import award_certificate
from app.custody import routes as custody_routes
from app.custody.jobs import keep_idle, keep_schedule
from app.custody.reactions import let_go_of_person
from app.custody.retentions import KEEP, KEEP_IDLE
from app.dossiers import routes as dossiers_routes
from app.duties import jobs as duties_jobs
from app.duties import routes as duties_routes
from app.duties.duties import DutyMissed
from app.duties.following import routes as following_routes
from app.duties.overseeing import routes as overseeing_routes
from app.duties.reactions import let_go, look_at_everybody, look_at_person, meet_duties
from app.help import routes as help_routes
from app.identity import routes as identity_routes
from app.identity.arriving import routes as arriving_routes
from app.identity.choosing import routes as choosing_routes
from app.identity.erasures import PersonErased
from app.identity.federation import routes as federation_routes
from app.identity.institutions import InstitutionFounded
from app.identity.inviting import routes as inviting_routes
from app.identity.jobs import TIDY, tell_paused, tidy
from app.identity.passkeys import routes as passkeys_routes
from app.identity.pauses import PAUSE
from app.identity.people import routes as people_routes
from app.identity.people.claims import ClaimConfirmed
from app.identity.placements import Placed
from app.identity.placing import routes as placing_routes
from app.identity.profiles import routes as profiles_routes
from app.identity.reforms import REFORMS
from app.identity.second_steps import routes as second_steps_routes
from app.identity.security import routes as security_routes
from app.identity.security.addresses import AddressTakenBack
from app.identity.units import routes as units_routes
from app.interop import jobs as interop_jobs
from app.interop import routes as interop_routes
from app.interop.api import routes as api_routes
from app.interop.reactions import forget_answered, shut_out_programs, tell_webhooks
from app.interop.webhooks import TOLD
from app.learning import routes as learning_routes
from app.learning.completions import CourseCompleted
from app.learning.enrolments import Enrolled, Started
from app.learning.inquiring import routes as inquiring_routes
from app.learning.jobs import MOVE, move_some
from app.learning.notebook import routes as notebook_routes
from app.learning.reactions import forget_notebook, on_version_published
from app.learning.results import FinalTried, GainMeasured
from app.learning.voices import jobs as voices_jobs
from app.learning.voices import routes as voices_routes
from app.learning.voices.reactions import forget_voice
from app.loads import jobs as loads_jobs
from app.loads import routes as loads_routes
from app.loads.loads import LOAD
from app.loads.reactions import forget_told
from app.merges import jobs as merges_jobs
from app.merges import routes as merges_routes
from app.merges.merges import AccountsMerged, MergeUndone
from app.merges.reactions import forget_merged
from app.queue.mails import MAIL, send_mail
from app.queue.worker import Handler
from app.statistics import routes as statistics_routes
from app.statistics.boards import routes as boards_routes
from app.statistics.bulletins import routes as bulletins_routes
from app.statistics.cubes import routes as cubes_routes
from app.statistics.exporting import jobs as exporting_jobs
from app.statistics.exporting import routes as exporting_routes
from app.statistics.exporting.long_files import TIDY_FILES
from app.statistics.exporting.reactions import forget_files
from app.statistics.jobs import EVERY, FOLD, fold_facts
from app.statistics.open_data import routes as open_data_routes
from app.statistics.reactions import count_happening, look_at_trees_anew
from app.statistics.reports import routes as reports_routes
from app.statistics.saving import routes as saving_routes
from app.statistics.saving.jobs import VIEW_LETTERS, send_view_letters
from app.statistics.saving.reactions import forget_saved
from app.statistics.teaching import routes as teaching_routes
from app.statistics.teaching.jobs import COUNT, count_boards
from app.studio import routes as studio_routes
from app.studio.adapting import routes as adapting_routes
from app.studio.arranging import routes as arranging_routes
from app.studio.asking import routes as asking_routes
from app.studio.citing import routes as citing_routes
from app.studio.collecting import routes as collecting_routes
from app.studio.describing import routes as describing_routes
from app.studio.exchanging import routes as exchanging_routes
from app.studio.exchanging.jobs import TIDY_PARCELS, tidy_parcels
from app.studio.mutings import COMMENT_LETTERS
from app.studio.packages import routes as packages_routes
from app.studio.reactions import forget_muted
from app.studio.releases import RELEASE
from app.studio.releasing import routes as releasing_routes
from app.studio.releasing.jobs import release_on_day
from app.studio.reviewing import routes as reviewing_routes
from app.studio.reviewing.jobs import tell_of_comments
from app.studio.sharing import routes as sharing_routes
from app.studio.translating import routes as translating_routes
from app.studio.visiting import routes as visiting_routes
from app.studio.writing import routes as writing_routes
from app.web import routes as web_routes

# Hot pages first: routing is linear.
ROUTERS = (
    assessment_routes.router,
    reading_routes.router,
    learning_routes.router,
    catalogue_routes.router,
    finding_routes.router,
    notebook_routes.router,
    packages_routes.router,
    web_routes.router,
    credentials_routes.router,
    statistics_routes.router,
    boards_routes.router,
    saving_routes.router,
    exporting_routes.router,
    cubes_routes.router,
    bulletins_routes.router,
    reports_routes.router,
    open_data_routes.router,
    identity_routes.router,
    people_routes.router,
    inviting_routes.router,
    choosing_routes.router,
    merges_routes.router,
    placing_routes.router,
    units_routes.router,
    loads_routes.router,
    api_routes.router,
    interop_routes.router,
    arriving_routes.router,
    voices_routes.router,
    inquiring_routes.router,
    duties_routes.router,
    following_routes.router,
    overseeing_routes.router,
    profiles_routes.router,
    security_routes.router,
    second_steps_routes.router,
    passkeys_routes.router,
    federation_routes.router,
    custody_routes.router,
    administration_routes.router,
    dossiers_routes.router,
    auditing_routes.router,
    adapting_routes.router,  # before the studio, where any word may be a course
    studio_routes.router,
    teaching_routes.router,
    writing_routes.router,
    translating_routes.router,
    exchanging_routes.router,
    asking_routes.router,
    arranging_routes.router,
    describing_routes.router,
    collecting_routes.router,
    citing_routes.router,
    reviewing_routes.router,
    releasing_routes.router,
    sharing_routes.router,
    visiting_routes.router,
    help_routes.router,
)
SUBSCRIPTIONS: tuple[tuple[type[Happening], Callable[..., None]], ...] = (
    (Enrolled, count_happening),
    (Started, count_happening),
    (CourseCompleted, count_happening),
    (FinalTried, count_happening),
    (GainMeasured, count_happening),
    (VersionPublished, on_version_published),
    (CourseCompleted, award_certificate),
    (CertificateIssued, count_happening),
    (CertificateRevoked, count_happening),
    (DutyMissed, count_happening),
    (PersonErased, let_go_of_person),
    (PersonErased, forget_notebook),
    (PersonErased, forget_saved),
    (PersonErased, forget_files),
    (PersonErased, forget_voice),
    (PersonErased, forget_muted),
    (PersonErased, forget_told),
    (PersonErased, forget_merged),
    (AccountsMerged, look_at_person),
    (MergeUndone, look_at_person),
    (CourseCompleted, meet_duties),
    (Placed, look_at_person),
    (ClaimConfirmed, look_at_person),
    *((reform, look_at_everybody) for reform in REFORMS),
    *((change, look_at_trees_anew) for change in (InstitutionFounded, *REFORMS)),
    (PersonErased, let_go),
    (PersonErased, forget_answered),
    (AddressTakenBack, shut_out_programs),
    *((event, tell_webhooks) for event in TOLD),
)
JOBS: dict[str, Handler] = {
    MAIL: send_mail,
    OVERDUE: grade_overdue,
    PAUSE: tell_paused,
    TIDY: tidy,
    MOVE: move_some,
    voices_jobs.REMIND: voices_jobs.remind_silent,
    voices_jobs.REMIND_ROUNDS: voices_jobs.remind_rounds,
    voices_jobs.FOLLOW_UP: voices_jobs.ask_about_use,
    voices_jobs.FOLLOW_UP_ROUNDS: voices_jobs.follow_up_rounds,
    LOAD: loads_jobs.work,
    loads_jobs.TIDY_LOADS: loads_jobs.tidy_loads,
    merges_jobs.TIDY_MERGES: merges_jobs.tidy_merges,
    TIDY_PARCELS: tidy_parcels,
    RELEASE: release_on_day,
    COMMENT_LETTERS: tell_of_comments,
    KEEP: keep_schedule,
    KEEP_IDLE: keep_idle,
    FOLD: fold_facts,
    VIEW_LETTERS: send_view_letters,
    COUNT: count_boards,
    **exporting_jobs.HANDLERS,
    **duties_jobs.HANDLERS,
    **interop_jobs.HANDLERS,
}
PROMPT = (MAIL, PAUSE, OVERDUE)
DAILY = (
    TIDY,
    KEEP,
    voices_jobs.REMIND,
    loads_jobs.TIDY_LOADS,
    merges_jobs.TIDY_MERGES,
    TIDY_PARCELS,
    TIDY_FILES,
    duties_jobs.DUTIES,
    interop_jobs.TIDY,
    voices_jobs.FOLLOW_UP,
    COUNT,
    VIEW_LETTERS,
)
REGULAR = dict.fromkeys(DAILY, timedelta(days=1)) | {FOLD: EVERY}
