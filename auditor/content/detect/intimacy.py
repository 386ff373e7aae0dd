"""Short notes, mails and messages: a child or colleague named once, and something told of them.

The fewer the words, the less a name stands there by chance. In a note of a few lines one fact
beside a forename is enough; in a book it is not, so that none of this is asked of longer texts.
"""

from __future__ import annotations

import re

from auditor.content.detect.naming import Naming, fold
from auditor.content.detect.persons import Person

SHORT = 450
"""Words up to which a text is a note."""
LINE, PARAGRAPH = 70, 160
"""Words of a note of a line or two, and of a paragraph."""

HOME = re.compile(
    r"(?i)(?<![\w-])(?:"
    # family and home
    r"breakfast|hungry|no food|packed lunch|dentist|orthodontist|optician|chicken ?pox|nits|head lice|to collect|will collect|be collected|picking up|be in today|in today|sit (?:apart|next|with)|the coach|the bus|taxi|"
    r"sleepover|party|disco|wellies|jumper|glasses|lunch ?box|water bottle|toys?|pets?|walk home|goes home|going home|home alone|moved house|hostel|homeless|universal credit|benefits|"
    r"tripped|stumbled|cut (?:lip|chin|knee|finger|head|hand|leg|arm)|cold compress|ice ?pack|plaster|first aid\w*|ambulance|x-?ray|stitches|vomit\w*|migraine|flu|covid|virus|penicillin|penisilin|piriton|calpol|antibiotics?|dairy|nuts?|egg|gluten|halal|vegan|vegetarian|coeliac|"
    r"dbs|barred list|id docs|union rep|hearing|investigat\w+|adjourn\w*|abusive|line manager|governor term|right to work|salary|payslip|overpaid|hours|rota|"
    r"merit|reward|certificate|award|sanction|truant\w*|phone confiscated|uniform|bresenoldeb|gwersi?|dosbarth|ymlaen|"
    r"mum(?:my)?s?|mam|dads?|daddy|tad|(?-i:[Nn]an(?:ny)?)|nain|taid|grand(?:ma|dad|mother|father|parents?)|step(?:mum|dad|mother|father| brother| sister)|b\.?mum|auntie?|"
    r"uncle|cousin|siblings?|twins?|(?:my|his|her|their) (?:son|daughter|brother|sister|mother|father|parents?|child)|foster(?:ed| carers?| mum| dad| parents?| placement)|"
    r"carers?|home (?:life|address|visit)|bedtime|custody|contact with|"
    # the school day
    r"playtime|break ?time|lunch ?time|home ?time|playground|carpet|assembly|lessons|classroom|classmates?|homework|spellings?|phonics|handwriting|reading (?:book|group|age)?|"
    r"writing|maths|numeracy|times tables|number bonds|counted|school|nursery|reception|year (?:\d{1,2}|group)|y(?:1[0-3]|[1-9])[a-z]?|p[1-6]|tutor|detention|isolation|"
    r"attendance|absent|late (?:again|to|for)|lateness|supply teacher|trip|swimming|uniform|shoes|coat|pe kit|dinner money|trip money|free meals|picked up|collect(?:ed|ing)?|"
    r"teacher|senco|alnco|ehcp|camhs|cpoms|(?-i:TA|LSA|HoY|SLT|DSL|EHC|SEND?|EAL|P?LAC|CLA|SW|FC|HV|EWO|EP|CP|CIN|TAF|TAC|MASH|LADO|SALT|OT|GP|PP|FSM|NFA|CMPA|EHA|ABC)|"
    r"next steps?|targets?|(?:good|slow|rapid|steady|little|excellent) progress|has made|working (?:at|below|towards)|wts|exs|gds|settled|struggl\w+|did(?: not|n'?t) get|"
    r"well done|lively|chatty|polite|confident|concentrat\w+|intervention|catch.?up|precision teaching|elsa|nurture|own targets|with (?:ta|support)|"
    # how they are
    r"upset|cr(?:ied|ying)|tearful|worried|anxious|scared|angry|distressed|sad|self.?harm\w*|suicid\w+|overdos\w+|sick|poorly|unwell|hospital|a&e|d ?& ?v|temperature|headache|"
    r"doctor|nurse|appointment|appt|medication|medicine|tablets?|sertraline|citalopram|fluoxetine|methylphenidate|melatonin|inhalers?|asthma\w*|allerg\w+|epi-?pens?|insulin|"
    r"diabet\w+|epilep\w+|seizures?|adhd|asd|autis\w+|dys(?:lexi|praxi|calculi)\w+|diagnos\w+|toilet\w*|wee|wets?|soiled|pull-?ups|napp(?:y|ies)|bruis\w+|graze[ds]?|nose ?bleed|"
    r"bumped|fell|sprain\w*|fractur\w+|broken (?:arm|leg|wrist|finger)|operation|pregnan\w*|miscarr\w+|signed off|off work|not in|off sick|fit note|depress\w+|stress|bereave\w*|died|funeral|"
    # what was done
    r"hit(?:s|ting)?|push\w*|kick\w*|punch\w*|slapp\w+|bit|bitten|biting|spat|grabbed|shov\w+|threw|threat\w+|swore|swear\w*|shout\w*|fight|fought|fighting|refus\w+|rude|"
    r"bull(?:y|ied|ying)|picked on|name.?calling|knife|vap(?:e|es|ing)|smok\w+|cannabis|drunk|drinking|police|prison|arrested|stole|racist|exclu(?:ded|sion)|suspen(?:ded|sion)|"
    r"ran (?:off|to|out)|truant\w*|disclos\w+|alleg\w+|told (?:me|us|staff|mum|dad)|body map|safeguarding|social worker|social care|refuge|placement|no contact|not to collect|witness|"
    r"behaviour|behaved|witness statement|"
    # work
    r"apprais\w+|capability|disciplin\w+|grievance|probation|resign\w*|redundan\w+|maternity|paternity|sickness|return to work|rtw|support plan|pay (?:award|point|recommendation)|"
    r"interview|"
    # Welsh
    r"plentyn|plant|disgybl\w*|ysgol|chwarae|darllen|ysgrifennu|presenoldeb|ymddygiad|angen|ady|cdu|taro|crio|sâl|salwch|meddyg|meddyginiaeth|alergedd|rhieni|diogelu|gwaharddiad|cinio"
    r")(?![\w-])"
)
"""Words of a child's or colleague's life, at home, at school and at work."""
WEAK = frozenset(["absent", "refuse", "refused", "refuses", "refusing", "behaviour", "behaved", "certificate", "award", "reward", "sanction", "not in", "push", "pushed", "pushes", "pushing", "kick", "kicked", "kicks", "hit", "hits", "hitting", "bit", "threw", "hours", "settled", "has made", "reading", "writing", "party", "investigation", "investigate", "investigated", "investigating", "abusive", "disclosed", "disclose", "disclosure", "alleged", "allege", "allegation", "collected", "collecting", "to collect", "target", "targets", "threat", "threatens", "threatened", "threatening", "abc", "sw", "pp", "ot", "ep", "ta", "cla", "lac", "school", "teacher", "interview", "hearing", "stress", "died", "smoke", "smoking", "police", "p1", "p2", "p3", "p4", "p5", "p6", "with support", "benefits", "struggle", "struggled", "struggling", "struggles", "confident", "concentrate", "concentrated", "concentration", "toy", "toys", "pet", "pets", "plant", "egg", "nut", "nuts", "glasses", "virus", "temperature", "shout", "shouting", "shouts", "fight", "fighting", "fought", "stole", "plaster", "shoes", "coat", "mash", "rota", "sibling", "siblings", "twin", "parents", "parent"])  # fmt: skip
"""Words of life that have other meanings: they add to others, and alone say nothing."""
_AWAY = re.compile(
    r"(?i)(?:(?:won['’]?t|not|can['’]?t|cannot|unable to|n['’]t) (?:be (?:in|able|coming|at)|come|make it)|signed (?:me )?off|off (?:work|sick)|back on|when I (?:will|can) be back|"
    r"my absence|stay(?:ing)? (?:at )?home|self.?certif\w+|fit note|sick note|(?:need|request|apply for) (?:the day|time|leave))"
)
_ILL = re.compile(
    r"(?i)\b(?:sick|ill|unwell|poorly|migraine|flu|covid|virus|temperature|vomit\w*|d ?& ?v|hospital|a&e|doctor|gp|nurse|operation|surgery|scan|appointment|pain|injur\w+|broke|broken|"
    r"depress\w+|anxi\w+|stress\w*|funeral|passed away|died|bereave\w*|miscarr\w+|pregnan\w+|ivf|treatment|chemo\w*|diagnos\w+|childcare|nursery|my (?:son|daughter|mum|dad|wife|husband|partner))\b"
)
_WEEK = re.compile(r"(?i)\bmon(?:day)?\W{1,4}tue(?:s|sday)?\W{1,4}wed")
_DAYS = re.compile(r"(?m)^(?:Mon|Tues|Wednes|Thurs|Fri)day\b")
_UPPER = re.compile(rb"[A-Z]")
_LOWER = re.compile(r"(?<![\w@.-])([a-z][a-z'-]+)( [a-z][a-z'-]+)?(?![\w@])")
FIRST = re.compile(r"\b(?:I|I'm|I've|me|my|myself)\b")
"""Somebody writes of himself or herself."""
PUBLIC = re.compile(
    r"(?i)\b(?:olympic\w*|paralympic\w*|medals?|world cup|premier league|championships?|novel(?:ist)?|poet|author|actor|actress|singer|prime minister|(?-i:king|queen)|emperor|"
    r"president|scientist|inventor|explorer|composer|battle|century|(?:b|d)\. ?\d|born (?:in|on)? ?\d{0,2} ?\w* ?1[0-8]\d\d|\(1\d{3} ?[-–] ?(?:1\d{3}|20\d\d)\)|copyright|licen[cs]e|maintainer|"
    r"upstream|changelog|manual|quick guide|user guide|written by|click|menu|button|screen|settings|cve|urgency|linux|unix|debian|compiler|kernel|api|html|css|javascript|windows|server|upgrade|config\w*|ministers?|government|parliament|reporter|newspaper|unsubscribe|vacanc(?:y|ies)|closing date|invoice|vat|apply (?:by|online|now)|pro rata|per annum|term.time only|(?-i:News)|newsroom|campaigners|charity|bug|patch|release|version|github|https?://|function|module|software|"
    r"league|striker|midfielder|goalkeeper)\b"
)
"""Words of history, fame, sport and programs, which name people of whom a school keeps no record."""


_PLAINLY = re.compile(
    r"(?i)\b(?:fa cup|cup final|awareness (?:day|week|month)|read the extract|how to (?:complete|fill in)|"
    r"how do(?:es)? [\w']+ (?:present|use|convey|create) [\w']+)\b|\[\d+ marks?\]"
)
"""What only examinations, instructions, campaigns and sport say: once is enough."""


def written(naming: Naming, head: bytes) -> bytes:
    """A note with its names in capitals, where its writer used none at all."""
    if len(head) > SHORT * 8 or len(_UPPER.findall(head)) * 50 > len(head):
        return head
    text = head.decode("utf-8", "replace")

    def name(match: re.Match[str]) -> str:
        first, last = match[1], match[2] or ""
        if not naming.plain(first) or len(first) < 3:
            return match[0]
        known = last and naming.surname(last[1:]) and not HOME.fullmatch(last[1:])
        return first.capitalize() + (f" {last[1:].capitalize()}" if known else last)

    return _LOWER.sub(name, text).encode()


def words(text: str) -> set[str]:
    """The different words of life in a text."""
    return {m[0].lower() for m in HOME.finditer(text)}


def public(text: str) -> bool:
    """Whether a text is of fame, history or programs, or a timetable."""
    if _PLAINLY.search(text) or _WEEK.search(text[:400]) or len(_DAYS.findall(text)) > 2:
        return True
    return len({m[0].lower() for m in PUBLIC.finditer(text)}) > 1


def title(text: str, persons: list[Person]) -> None:
    """Takes a note for one about whoever its first line names."""
    first = text.strip().partition("\n")[0]
    named = {fold(w) for w in re.findall(r"[^\W\d_][\w'’-]+", first)}
    for person in persons:
        if all(person.name) and named.issuperset(person.name):
            person.warm, person.entry = words(text), True


def enough(words: int) -> tuple[int, int]:
    """How many words of life there must be, and how warm a text of so many words must be."""
    return (1, 3) if words <= LINE else (2, 4) if words <= PARAGRAPH else (2, 5)


def shown(person: Person, words: int) -> bool:
    """Whether the text treats the name as that of somebody: it does, has or is called something."""
    acting = person.acts or person.does or person.alone or person.owns or person.classed
    if not (person.facts or person.classed or person.warm - WEAK or len(person.warm) > 2):
        return False
    return acting or person.entry or person.likely or (bool(person.inside) and words <= LINE)


def absent(text: str) -> bool:
    """Whether somebody writes that he or she stays away, and what the matter is."""
    return bool(FIRST.search(text) and _AWAY.search(text) and _ILL.search(text))


def warmth(person: Person, *, dated: bool) -> int:
    """How much a note tells of somebody."""
    around = (person.acts or person.does) + person.alone + person.entry + bool(person.inside)
    around += dated + person.likely
    return len(person.warm) + 2 * len(person.facts) + 2 * person.classed + 2 * person.owns + around
