"""How letters, logs, registers and guidance are phrased, in English and Welsh: words and shapes."""

from __future__ import annotations

import re
from typing import Any

import re2


def _quick(pattern: bytes) -> Any:  # re2 ships no types
    """A pattern that is looked for all over long texts; RE2 takes the same time for any."""
    made = re2.Options()
    made.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(pattern, made)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


INTRODUCING = _set(
    """
    pupil student child boy girl learner son daughter named called re regarding concerning
    name employee applicant candidate appraisee disgybl
    """
)
"""Words that introduce the name of the person a text is about."""
PLACES = _set(
    """
    school academy college primary secondary infant junior nursery church road street lane
    avenue close drive trust hospital centre council university house surgery clinic hall
    park
    """
)
"""Words of institutions and places: a name before them is theirs."""
STOP = _set(
    """
    mon tue tues wed thu thur thurs fri sat sun jan feb mar apr jun jul aug sep sept oct nov dec
    mae bydd dylai mae'n ydy yw oedd roedd le la les des un une der die das el los
    art music drama pe re ict dt mfl eng sci geog hist lib
    early help operation encompass protection domestic violence abuse premium free meals key
    stage special needs educational psychologist psychology virtual speech language therapy
    therapist occupational family foster carer little team around teaching assistant higher
    level outcome outcomes provision strengths targets reading writing area need name google
    microsoft windows word excel teams zoom facebook instagram snapchat whatsapp tiktok
    arbor sims cpoms bromcom hello good objective met ofsted covid british inclusion manager
    record concern handover the a an on in at of to for from by with and or but if it its he
    she they we you i his her their our my this that these those there when while after
    before during since as is was were are be has have had do did not no yes please thank
    thanks dear re fw fwd subject date time class year form school primary secondary academy
    college high infant junior nursery reception road street lane avenue close drive house
    monday tuesday wednesday thursday friday saturday sunday january february march april
    may june july august september october november december mum dad mother father parent
    parents pupil pupils student students child children staff teacher teachers head
    headteacher deputy governor governors chair clerk senco dsl sen send ehcp nhs gp camhs
    adhd asd english maths science history geography art music pe ict french german spanish
    welsh report action notes minutes present apologies confidential private support plan
    incident medical safeguarding review meeting county council borough city north south
    east west great new royal st saint church catholic christian muslim islamic jewish hindu
    sikh christmas easter ramadan eid autumn spring summer winter term week day morning
    afternoon lunch break playground hall room office hospital police social services
    service worker local authority united kingdom england wales scotland ireland european
    yours sincerely faithfully kind regards best wishes hi all both today yesterday tomorrow
    initially however also then pastoral behaviour attendance assessment education health
    care university sir madam reason section page part appendix figure table step chapter stage phase week target aim action actions item agenda key summary background details detail other next previous review status none note thank stay safe placement contact social worker ref ethnicity black white asian african caribbean mixed midday supervisor makaton meadow infants headteacher senior
    """
)
"""Words with a capital letter that are no part of a name."""
TITLES = _set(
    """
    cllr mr mrs ms miss mx dr prof professor sir dame lady lord rev revd reverend fr father sr
    sister br
    """
)
"""Titles before a surname."""
PARTICLES = _set(
    """
    de da do dos das del della di la le van von der den el al ap ab ferch bin binti ibn abu
    ben st ter ten y e mac mc o
    """
)
"""Small words inside surnames."""
PLACEHOLDERS = _set(
    """
    bloggs doe surname forename firstname lastname name xxx xxxx tbc tba n/a na none nil
    test unknown example's redacted anon anonymous anonymised withheld removed vacancy
    vacant
    """
)
"""Names that stand for nobody, in forms and examples."""
OWNERS = _set(
    """
    pupil pupils student students child childs children learner learners legal preferred
    current main primary staff employee teacher member persons person applicant candidate
    your the of home customer user applicants employees full disgybl record basic sims arbor
    """
)
"""Words of a heading that say whose datum it is."""
TAILS = _set(
    """
    1 2 code codes text status y n yes no required optional dd mm yyyy yy ddmmyyyy if any
    applicable given a as at details detail info information indicator flag description
    notes note comments date legal preferred
    """
)
"""Words of a heading that say how the datum is written."""
SCHOOL = re.compile(
    r"(?i)\b(?:(?:year|class|form|tutor group|dosbarth|blwyddyn) ?(?:1[0-3]|[1-9]|r)[a-z]{0,2}\d?\b|"
    r"pupils?|register|disgyblion|reception class)\b"
)
"""Classes, years and pupils: beside a list of names, these make it a register."""
STANDIN = re.compile(
    r"(?i)(?:the )?(?:pupil|student|child|learner|person|participant|respondent|anon\w*|user|employee|"
    r"staff(?: member)?|subject|case|candidate|name|family|parent|disgybl)[ _#-]*(?:[a-z]|\d{1,6}|[a-z]\d{1,5})?"
    r"|(?:p|s|id|ref|x)[ _#-]?\d{1,6}|[x*#?._-]{2,}(?:[ ,][x*#?._-]{2,})*|\[?redacted\]?|<[^>]*>|\[[^\]]*\]|\{\{?.*"
    r"|[0-9a-f]{8,}|\d+"
)
"""What stands where a name was taken out or never put in."""
CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĤĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŴŶŸŹŻŽȘȚƏ"
TOKEN = rf"[{CAPITAL}][^\W\d_]*(?:['’-][^\W\d_]+)*\.?"
NAME = re.compile(
    rf"(?<![\w@/.\\-])(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Revd?|Sir|Fr|Cllr)\.? )?{TOKEN}(?:[ \u00a0]{TOKEN}){{0,4}}"
)
LETTER = re.compile(
    r"(?im)(?:^(?:dear|hi|hello|from|to|cc|sent by|signed|reported by|completed by|recorded by|by):?|\b(?:regards|thanks|thank"
    r" you|wishes|sincerely|faithfully|cheers),?)\s+(?:all,? )?$"
)
MADE_UP = _quick(
    rb"(?i)\b(?:scenarios?|case stud(?:y|ies)|for discussion|fictional|fictitious|not real|names? (?:have|has) been changed|"
    rb"role ?play|show your working|how many|read the extract|success criteria|walt\b|awareness (?:week|day|month)|\[\d+ marks?\]|what (?:should|would) you do|discussion questions|worked example|sample (?:letter|report)|lesson (?:plan|objective)|"
    rb"(?:put in|fill in|underline|insert|add|circle|copy out|rewrite|correct|punctuate|complete) the (?:missing |right |following )?(?:commas?|words?|sentences?|letters?|verbs?|nouns?|adjectives?|blanks?|apostrophes?|table|punctuation)|worksheet|the (?:poet|writer|author|narrator)|this extract|source [ab]\\b|"
    rb"true or false|vrai ou faux|make your own|learning objective|\\bLO:|homework|extension task|key stage \d history)\b"
)
TALE = _quick(rb"(?i)\b(?:once upon a time|happily ever after)\b")
"""What only a story says."""
PAST = re.compile(rb"\b1(?:[0-8]\d\d|9[0-5]\d)\b(?![\d/.-])")
PRESENT = re.compile(rb"\b20\d\d\b|[/.-][012]\d\b")
GENERIC = re.compile(
    rb"(?i)\b(?:pupils?|children|students|people|those|adults|families|learners|anyone|parents|patients|boys|girls|women|men|"
    rb"schools?|staff|colleges|governors)['\xe2\x80\x99]?s?,? (?:with|who|on|in|having|that|for|of|from|such as|need|needs|may|are)\b[^.\n]{0,30}$"
)
SAINT = re.compile(r"(?:\bSt\.?|Saint|Ysgol(?: yr?)?| yr?| Mount| Lake) $")
POSTED = re.compile(r",? [A-Z]{0,2}\d{1,2}[A-Z]? ?\d[A-Z]|\d{1,2}[A-Z]? \d[A-Z]{2}")
"""A postcode straight after a word: it is a town."""
POSSESSIVE = re.compile(r"['’]s\b")
ACTS = re.compile(
    r"(?:['’]s)? ?(?:\(|- |in (?:year|class|form|\d)|(?:has|had|is|was|will|would|said|says|told|came|saw|hit|pushed|kicked|bit|arrived|"
    r"disclosed|reported|attends|lives|needs|does|did|went|left|ran|refused|shouted|swore|punched|threw|started|joined|struggles)\b)"
)
DOES = re.compile(
    r"(?:['’]s)? (?:\w+n['’]?t|is|was|has|had|will|can|could|may|might|should|needs?|says?|said|came|went|got|gets|did|does|told|left|lost|broke|fell|[a-z]{2,}(?:ed|ing|s))\b"
    r"|(?:['’]s)?,? (?:to be|to go|to see|not |off |away |in |out |re |for |from |at |with |and [A-Z])| ?[-–:(] ?"
)
"""What is said of somebody straight after the name, of whatever verb; of listed names only."""
LOWER = "abcdefghijklmnopqrstuvwxyz,"
ENTRY = re.compile(r"\s?[-–:]\s")
"""What parts the name at the start of a line from what is told of the person."""
PARENT_OF = re.compile(
    r"(?i)\b(?:(?:parents?|guardians?|carers?|mother|father|name|mum|dad|nan|gran) of:?|name is)\s*$"
)
OFFICE = (
    r"(?:head ?teacher|deputy|assistant head|head of|principal|chair|vice|clerk|governor|senco|sendco|alnco|dsl|ddsl|"
    r"designated|lado|bursar|business manager|office|secretary|class teacher|form tutor|teacher|caretaker|trustee|ceo|"
    r"data protection officer|dpo|editor|author|lecturer|coordinator|co-ordinator|lead|manager|director|pennaeth|contact|supplier|photographer|trainer|speaker|nurse|minister|president|judge|reporter|councillor|mayor)"
)
HOLDS = re.compile(
    rf"^(?:[ ]?[,(–-]|\r?\n)[ ]?(?:the )?(?:[A-Za-z]+ ){{0,2}}{OFFICE}\b", re.IGNORECASE
)
HELD = re.compile(rf"{OFFICE}s?\)?[ ]?(?:is|:|,|-|–)?[ ]{{0,3}}$", re.IGNORECASE)
SENTENCE = re.compile(
    rb"(?<=[.!?])[ \t]+(?=[A-Z\"'\xe2])|\r?\n[ \t]*(?:\r?\n)+|\r?\n(?=[-*\xe2\d]|[A-Z][\w /]{1,30}:)"
)
RULE = _quick(
    rb"(?i)\b(?:must|should|shall|will be|may be|are expected to|is responsible for|are responsible for|"
    rb"where a (?:pupil|child|student)|any (?:pupil|child|student|member of staff)|all (?:pupils|children|staff)|"
    rb"policy|procedures?|guidance|statutory|e\.g\.|for example)\b"
)
SPEECH = re.compile(
    r"[\"“”'‘’](?:[^\"“”]{1,200})[,.!?][\"”'’] (?:said|asked|replied|whispered|shouted|cried|muttered|she|he)\b".encode()
)
SCENES = _quick(
    rb"(?m)^[ \t_*]*(?:ACT [IVX1-9]+|Act (?:[IVX]+|One|Two|Three)|SCENE\b|Scene (?:[IVX1-9]+|One|Two)|CAST\b|DRAMATIS|EPILOGUE|PROLOGUE)|\bE(?:nter|xeunt|xit)\b[^\n]{0,40}(?:[.\]]|$)"
    rb"|\((?:[Bb]lackout|[Cc]urtain|[Ll]ights (?:up|down)|[Aa]side)\.?\)"
)
"""Marks of a play."""
XML = re.compile(r"<([A-Za-z][\w.:-]{1,40})(?: [^<>\n]{0,80})?>\s*([^<>\n]{1,120}?)\s*</\1\s*>")
ATTRIBUTE = re.compile(r"\b([A-Za-z][\w-]{2,40})=\"([^\"<>\n]{1,120})\"")
JSON = re.compile(
    r"[\"']([A-Za-z][\w .-]{1,40})[\"']\s*:\s*(?:\"([^\"\n]{1,120})\"|'([^'\n]{1,120})'|(-?\d[\d.]{0,20}))"
)
FORM = re.compile(
    r"(?:^|[\t|;•\u2022]|[ \t]{2,6}|[ ](?=[A-Z]))[ *_>-]{0,4}([^\W\d_][\w '’/&().-]{1,44}?)[ *_]{0,3}"
    r"(?::[ \t*_]{0,12}|\t+|[ ]?\|[ ]?|[ ]?=[ ]?|\.{3,}[ ]?|[ ]{3,}|[ ]?:?\r?\n[ \t]{0,8}(?=[^\s:]{2,}[^:\n]{0,60}$))"
    r"([^\n\t|:]{1,90}?)(?=[ ]*(?:$|\t|\||[ ]{2,}|;|,? [A-Z][\w.'’/]*(?: [a-z][\w.'’/]*){0,3}:))",
    re.MULTILINE,
)
ROW = re.compile(r"(?i)<tr[\s>]")
CELL = re.compile(r"(?is)<t[dh](?:\s[^>]{0,400})?>(.{0,2000}?)</t[dh]\s*>")
TAG = re.compile(r"<[^>]{0,400}>")
BLANK = re.compile(r"[\s_.…\-–/\\()\[\]<>*]*")
EXAMPLE = re.compile(
    rb"(?i)\b(?:for example|e\.g\.?|such as|an example|example of|looks like|sample|of the form|format|dummy|fictitious|"
    rb"test (?:upn|nhs|number|data)|invalid|valid)\b[^\n]{0,60}$"
)
AFTER = re.compile(
    rb"^[\dA-Za-z -]{6,20}[^\n]{0,4}\([^)\n]{0,30}\b(?:example|fictitious|made up|dummy|test)\b"
)
"""What stands behind a number that is an example."""
SAID = re.compile(rb"(?i)\b(?:upn|pupil|student|child|learner|disgybl)\b[^\n]{0,40}$")

RELATION = re.compile(
    r"^ ?(?:(?:new|own|old|latest|current|recent|older|younger|twin|big|little) )?(?:mum|dad|mother|father|parents?|nan|gran\w*|step\w+|carers?|foster \w+|"
    r"brother|sister|sibling|uncle|aunt\w*|family|partner|boyfriend|social worker|key ?worker|ehcp?|ehc plan|sen\b|send\b|support plan|needs|diagnosis|attendance|"
    r"absences?|lateness|punctuality|medication|medicine|inhaler|epi ?pens?|allerg\w+|asthma|autism|adhd|behaviour|conduct|reading age|fit note|sick note|sickness|"
    r"appraisal|one[- ]to[- ]one|1:1|placement|exclusion|suspension|detention|disclosure|injur\w+|annual review|targets?|passport|ni number|date of birth|dob\b|"
    r"mam\b|rhieni|presenoldeb|record|results?|report|free school meals|pupil premium|counsell\w+|therap\w+)",
    re.IGNORECASE,
)
"""What belongs to a person of whom a school writes."""
CLASS = re.compile(
    r"^[ ,]{0,2}(?:\(|- ?)?(?:(?:is |now )?(?:in|of|from|joining) )?(?:[Yy](?:ea)?r? ?(?:1[0-3]|[1-9]|R)[A-Za-z]{0,2}\b|(?:1[0-3]|[1-9])[./-]?[A-Z]{1,2}\d?\b|(?<=\()(?:1[0-3]|[1-9])[.]\d(?=\))|"
    r"Reception\b|Nursery\b|(?:[Cc]lass|[Ff]orm|Blwyddyn|[Dd]osbarth) \w+)"
)
"""A class or year straight after a name."""
DATED = re.compile(
    rb"(?i)\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[.:][0-5]\d ?(?:am|pm)?\b(?!\d)|"
    rb"\b\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b|\b(?:this|yesterday) (?:morning|afternoon|week|term)\b|"
    rb"\b(?:last|next) (?:week|term|lesson)\b|\b(?:mon|tues|wednes|thurs|fri)day\b"
)
"""When something happened: notes, logs and letters say so."""
SINGULAR = re.compile(rb"(?i)\b(?:he|she|his|her|him|hers|herself|himself)\b")
"""One person is spoken of."""
CREDITS = re.compile(
    r"(?i)\b(?:authors?|contributors?|maintainers?|thanks|credits?|copyright|acknowledge\w*|committers?|translat\w+|@|https?:|developers?)"
)
"""Lists of names that are no register."""
GROUP = re.compile(
    r"(?i)\b(?:groups?|clubs?|class|list|team|squad|trip|coach|choir|swimming|football|netball|cast|rehearsal|lunch|register|lesson|session|detention|isolation|"
    r"tutor|house|intervention|booster|reading|phonics|phonic|wave|nurture|invited|attending|grwp|rhestr|leavers|starters|residential|cohort|form|set|winners?|owing|owed|front|board|door|window)\b"
)
"""What a list of names may be of in a school."""
TAUGHT = re.compile(
    r"(?i)(?<![a-z])(?:fiction\w*|example|sample|dummy|test data|lesson|worksheet|comprehension|poems?|poetry|story|stories|novel|play ?script|short play|mark ?scheme|past papers?|"
    r"exam paper|mock insert|quiz|history|famous|grammar|displays?|template|blank|policy|policies)(?![a-z])"
)
"""What a school calls the folders and files of its teaching and its rules, which name nobody real."""
PLACE = re.compile(
    r"(?i)(?<![a-z])(?:(?:year|yr|class|form|blwyddyn|dosbarth) ?(?:1[0-3]|[1-9]|r)[a-z]?|y(?:1[0-3]|[1-9])|(?:1[0-3]|[1-9]|r)[a-z]|ks[1-5]|eyfs|reception|nursery|early years|"
    r"pupils?|students?|class(?:es| list)|clubs?|trips?|senco?|send|dsl|safeguarding|registers?|attendance|behaviour|detentions?|admissions|parents?.? ?evening|governors?|"
    r"school|academy|ysgol|primary|secondary|sims|tutor ?groups?|forms|houses|seating|interventions?|catch.?up|phonics|guided reading|lunch|dinners?|meals?|swimming|choir|"
    r"leavers|residential|dofe|prefects|council|buddies|transport|minibus|first aid|medical|allerg\w+|pupil premium|eal|exams?|invigilat\w+|sports ?day|assembl\w+|nativity|staff|labels|trays|pegs)(?![a-z])"
)
"""What a school calls the folders and files of its lists; beside a list of names only."""

GOES_ON = re.compile(rb"(?i)(?:he|she|his|her|they|their|mum|dad|mother|father)\b")
"""A sentence that goes on about the person of the one before."""
CONTACT = re.compile(
    r"@\w|\b0\d{9,10}\b|\b0\d{3,4} \d{3} ?\d{3}|\+44|\b[A-Z]{1,2}\d[\dA-Z]? ?\d[A-Z]{2}\b"
)
"""An address, telephone or e-mail below the name at the top of a CV."""
TOP_NAME = re.compile(rf"(?:{TOKEN} ){{1,3}}{TOKEN}")

MONTHS = frozenset(
    {
        "may",
        "day",
        "west",
        "north",
        "church",
        "winter",
        "summer",
        "french",
        "welsh",
        "english",
        "march",
    }
)
"""Words among those above that are surnames too, straight after a forename."""
CODE = re.compile(
    rb"(?m)^[ \t]*(?:import \w|from [\w.]+ import|(?:async )?def \w+\(|class \w+[(:{]|#include|#define|package \w|use [\w:]+;|function \w|public |private |"
    rb"sub \w+|my [$@%]|var \w+ ?=|const \w|let \w+ ?=|return[ ;(]|if ?\(|\} ?else|elif |@\w+$|CREATE TABLE|SELECT |INSERT INTO )"
)
"""Lines of a program."""
LABELLED = re.compile(
    rb"(?i)\bd\.?o\.?b\b|dat(?:e|eof) ?_?(?:of)? ?_?birth|birth ?date|dyddiad geni|birthday"
)
"""How a form names a day of birth; a tale says that somebody was born."""
PASSWORDS = re.compile(
    rb"(?im)^[^\n]{0,60}?(?:\b(?:pw|pass(?:word|code|phrase)?|pwd|pin)\b[ \t]*[:=-]?[ \t]*[^\s_.]{4,}|\S{3,}[ \t]?[/|:][ \t]?(?=\S*\d)(?=\S*[A-Za-z])\S{6,})"
)
"""Lines that end in a user name with a password."""
CALLED_PASSWORDS = re.compile(
    r"(?i)(?<![a-z])(?:passw\w*|pwds?|logins?|log-?ons?|credentials?|cyfrin\w*)(?![a-z])[^/]*$"
)
"""What a file of passwords is called."""
YOURS = re.compile(rb"(?i)\b(?:you|your|yours)\b")
