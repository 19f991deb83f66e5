"""What a page says after something was done. English here; translated when it is shown."""

from collections.abc import Mapping

from gateway.pages.administration.words import ADMIN_DONE
from gateway.pages.asking_words import ASKING_DONE
from gateway.pages.desk_words import DESK_DONE
from gateway.pages.own_words import OWN_DONE
from gateway.pages.registry.import_words import IMPORT_DONE
from gateway.pages.registry.moderation_words import MODERATION_DONE
from gateway.pages.registry.words import PROVENANCE_DONE

DONE_SENTENCES: Mapping[str, str] = {
    **IMPORT_DONE,
    **OWN_DONE,
    **PROVENANCE_DONE,
    **ASKING_DONE,
    **ADMIN_DONE,
    **DESK_DONE,
    **MODERATION_DONE,
    "welcome": "Your account is ready. Sign in with your new password.",
    "signed-out": "You are signed out.",
    "reset-asked": "If there is an account with this address, a mail with a link is on its way.",
    "reset": "Your new password is set. Sign in with it.",
    "offer-posted": "Your offer is posted. A coordinator may read it first.",
    "offer-changed": "The offer is changed.",
    "offer-pause": "The offer is paused. Nobody is sent to you until you resume it.",
    "offer-resume": "The offer takes requests again.",
    "offer-close": "The offer is closed.",
    "offer-confirm_review": "Thank you. The offer stays open.",
    "offer-approve": "The offer is approved and can now be found.",
    "offer-refuse": "The offer is not approved.",
    "match-confirmed": "The match is confirmed. The provider is asked for an answer.",
    "match-accept": "You accepted. The coordinator is told.",
    "match-decline": "You declined. The coordinator is told.",
    "match-start": "The help has begun.",
    "match-fulfil": "The help was given. Thank you.",
    "match-fail": "It is recorded that this came to nothing.",
    "match-cancel": "The match is cancelled. Both sides are told.",
    "case-recorded": "The case is recorded.",
    "case-closed": "The case is closed.",
    "need-posted": "The need is recorded. Offers that fit will appear here.",
    "need-changed": "The need is changed. Its proposals are looked for anew.",
    "lacking-refreshed": "It is being computed. Look again in a moment.",
    "weights-made": "The weights are kept. Nothing is ranked by them before you use them.",
    "weights-used": "These weights are in use from now on. Proposals are being computed anew.",
    "need-withdrawn": "The need is withdrawn.",
    "contact-kept": "The contact is kept.",
    "contact-deleted": "The contact is deleted.",
    "contact-later": "The case is recorded. The contact could not be kept yet; please add it here.",
    "consent": "The consent is recorded.",
    "round-started": "The planning has begun. The result will appear here.",
    "round-again": "The planning goes on with your decisions. The result will appear here.",
    "round-stopped": "The planning ends now. The best plan so far will appear here.",
    "round-applied": "The plan is applied. Providers are asked for an answer.",
    "invited": "The invitation is on its way.",
    "taken-back": "The invitation is taken back.",
    "account-changed": "The account is changed.",
    "client-out": "The system is shut out.",
    "read": "Marked as read.",
    "saved": "Your changes are saved.",
    "typed-in-part": "A text that you typed was too long to be kept while the language changed. Please look at the long texts again.",
    "password": "Your password is changed. Your other sessions have ended.",
    "session-ended": "The session has ended.",
    "factor-removed": "The second factor is removed.",
}
"""What a page says after something was done, by the word in `?done=`."""
