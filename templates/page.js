"use strict";
// The page is complete without this: it sorts, filters and draws the list of files.
(function () {
  var PER_PAGE = 100, ON_PAPER = 1000;
  var PLACE = 0, FOLDER = 1, NAME = 2, WHAT = 3, KINDS = 4, LOW = 5, HIGH = 6, DAY = 7, YEARS = 8, SIZE = 9, GUARD = 10, MARKS = 11;
  var SPECIAL = 1, POSSIBLE = 2, PART = 4, NO_END = Math.pow(2, 40);
  var $ = function (id) { return document.getElementById(id); };

  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (d) {
      if (!d.open) { d.open = true; d.dataset.opened = ""; }
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-opened]").forEach(function (d) { d.open = false; delete d.dataset.opened; });
  });
  if (!$("data")) { return; }

  var all = JSON.parse($("data").textContent), rows = all.rows, say = all.say, texts = null;
  var found = [], groups = [], start = 0, most = PER_PAGE, sorted = { key: "", up: true }, only = -1, waiting = 0;

  function fill(text) {
    var given = arguments;
    return text.replace(/\{(\d)\}/g, function (_, n) { return number(given[+n + 1]); });
  }
  function number(n) { return typeof n === "number" ? String(n).replace(/\B(?=(\d{3})+$)/g, ",") : n; }
  function span(low, high) {
    if (high >= NO_END) { return low ? say.least.replace("%(low)s", number(low)) : say.unknown; }
    return low === high ? number(low) : say.span.replace("%(low)s", number(low)).replace("%(high)s", number(high));
  }
  function day(days) {
    if (days === null) { return say.noDate; }
    var d = new Date(days * 864e5);
    return d.getUTCDate() + " " + all.months[d.getUTCMonth()] + " " + d.getUTCFullYear();
  }
  function put(parent, tag, text, look) {
    var made = document.createElement(tag);
    if (text !== undefined) { made.textContent = text; }
    if (look) { made.className = look; }
    parent.appendChild(made);
    return made;
  }
  function searched() {
    // Made once, when the first letter is typed: lower-case text of every row.
    if (!texts) {
      texts = rows.map(function (r) {
        return (all.folders[r[FOLDER]] + r[NAME] + " " + all.whats[r[WHAT]] + " " + all.kinds[r[KINDS]]).toLowerCase();
      });
    }
    return texts;
  }
  function chosen() {
    var words = $("words").value.toLowerCase().split(/\s+/).filter(Boolean), text = words.length ? searched() : null;
    var place = $("place").value, guard = $("guard").value, special = $("special").checked, kept = [];
    for (var i = 0; i < rows.length; i++) {
      var r = rows[i];
      if (place !== "" && r[PLACE] !== +place || guard !== "" && r[GUARD] !== +guard) { continue; }
      if (special && !(r[MARKS] & SPECIAL) || only >= 0 && r[FOLDER] !== only) { continue; }
      if (text && !words.every(function (w) { return text[i].indexOf(w) >= 0; })) { continue; }
      kept.push(i);
    }
    return kept;
  }
  function ranked(list) {
    // The place of each word in the alphabet, so that rows are compared by number.
    var order = list.map(function (_, n) { return n; }), rank = [], compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
    order.sort(function (a, b) { return compare(list[a], list[b]); });
    order.forEach(function (n, at) { rank[n] = at; });
    return rank;
  }
  var RANKS = {};
  function rank(name) { return RANKS[name] || (RANKS[name] = ranked(all[name])); }
  function keyed(key) {
    switch (key) {
      case "people": return function (r) { return r[HIGH]; };
      case "day": return function (r) { return r[DAY] === null ? -1e9 : r[DAY]; };
      case "guard": return function (r) { return r[GUARD]; };
      case "what": return function (r) { return rank("whats")[r[WHAT]]; };
      case "kinds": return function (r) { return rank("kinds")[r[KINDS]]; };
      default: return function (r) { return rank("folders")[r[FOLDER]]; };
    }
  }
  function order(list) {
    if (!sorted.key) { return list; }
    var value = keyed(sorted.key), sign = sorted.up ? 1 : -1;
    return list.sort(function (a, b) {
      var d = value(rows[a]) - value(rows[b]);
      if (!d && sorted.key === "path") { d = rows[a][NAME] < rows[b][NAME] ? -1 : rows[a][NAME] > rows[b][NAME] ? 1 : 0; }
      return d ? sign * d : a - b;
    });
  }
  function added() {
    var by = new Map();
    found.forEach(function (i) {
      var r = rows[i], key = r[PLACE] + ":" + r[FOLDER], g = by.get(key);
      if (!g) { by.set(key, g = { row: r, files: 0, special: 0, low: 0, high: 0, guard: r[GUARD] }); }
      g.files += 1; g.special += r[MARKS] & SPECIAL; g.low = Math.max(g.low, r[LOW]); g.high += r[HIGH]; g.guard = Math.min(g.guard, r[GUARD]);
    });
    return Array.from(by.values()).sort(function (a, b) { return b.special - a.special || b.files - a.files; });
  }
  function guarded(tr, n) { put(put(tr, "td"), "span", all.guards[n][0], "guard " + all.guards[n][1]); }
  function headed(body, columns, place) {
    var th = put(put(body, "tr", undefined, "place"), "th", all.places[place][0] + " · " + all.places[place][1]);
    th.colSpan = columns;
    th.scope = "colgroup";
  }
  function drawnFile(body, r) {
    var tr = put(body, "tr"), th = put(tr, "th", undefined, "path"), td;
    th.scope = "row";
    put(th, "span", all.folders[r[FOLDER]], "folder");
    put(th, "strong", r[NAME]);
    td = put(tr, "td", all.whats[r[WHAT]] + " ");
    if (r[MARKS] & SPECIAL) { put(td, "span", say.sensitive, "tag bad"); }
    if (r[MARKS] & POSSIBLE) { put(td, "span", say.possible, "tag unsure"); }
    if (r[MARKS] & PART) { put(td, "span", say.part, "tag unsure"); }
    put(tr, "td", span(r[LOW], r[HIGH]), "num").dataset.label = say.people;
    put(tr, "td", all.kinds[r[KINDS]]);
    td = put(tr, "td", day(r[DAY]), "when");
    if (r[YEARS]) { put(td, "br"); put(td, "span", all.ages[r[YEARS]], "quiet"); }
    guarded(tr, r[GUARD]);
  }
  function drawnFolder(body, g) {
    var tr = put(body, "tr"), th = put(tr, "th", undefined, "path"), name = all.folders[g.row[FOLDER]], button = put(th, "button", name || all.places[g.row[PLACE]][0], "link");
    th.scope = "row";
    button.type = "button";
    button.title = say.only;
    button.addEventListener("click", function () { only = g.row[FOLDER]; $("byfolder").checked = false; again(); $("words").focus(); });
    put(tr, "td", number(g.files), "num").dataset.label = say.files;
    put(tr, "td", number(g.special), "num").dataset.label = say.sensitives;
    put(tr, "td", span(g.low, g.high), "num").dataset.label = say.people;
    guarded(tr, g.guard);
  }
  function draw() {
    var folders = $("byfolder").checked, table = $(folders ? "folders" : "rows"), body = document.createElement("tbody"), list = folders ? groups : found;
    var last = Math.min(start + most, list.length), grouped = !sorted.key || sorted.key === "path", place = -1;
    $("rows").hidden = folders;
    $("folders").hidden = !folders;
    list.slice(start, last).forEach(function (item) {
      var r = folders ? item.row : rows[item];
      if (grouped && r[PLACE] !== place) { headed(body, folders ? 5 : 6, place = r[PLACE]); }
      if (folders) { drawnFolder(body, item); } else { drawnFile(body, r); }
    });
    table.replaceChild(body, table.tBodies[0]);
    $("shown").textContent = list.length ? fill(say.shown, start + 1, last, list.length) : say.none;
    $("previous").hidden = start === 0;
    $("next").hidden = last >= list.length;
    $("previous").textContent = fill(say.previous, PER_PAGE);
    $("next").textContent = fill(say.next, PER_PAGE);
  }
  function again() {
    start = 0;
    found = order(chosen());
    // Rows of one drive stand together unless a heading sorts them otherwise.
    if (!sorted.key) { found.sort(function (a, b) { return firsts[rows[a][PLACE]] - firsts[rows[b][PLACE]] || a - b; }); }
    groups = $("byfolder").checked ? added() : [];
    if (groups.length) { groups.sort(function (a, b) { return firsts[a.row[PLACE]] - firsts[b.row[PLACE]]; }); }
    draw();
  }
  function turn(by) { start = Math.max(0, start + by); draw(); $("list").scrollIntoView(); $("shown").focus(); }

  var firsts = {};
  rows.forEach(function (r, n) { if (!(r[PLACE] in firsts)) { firsts[r[PLACE]] = n; } });
  Object.keys(firsts).sort(function (a, b) { return firsts[a] - firsts[b]; }).forEach(function (p) { put($("place"), "option", all.places[p][0]).value = p; });
  all.guards.forEach(function (g, n) { put($("guard"), "option", g[0]).value = n; });
  $("words").addEventListener("input", function () { only = -1; clearTimeout(waiting); waiting = setTimeout(again, 120); });
  ["place", "guard", "special", "byfolder"].forEach(function (id) { $(id).addEventListener("change", function () { only = -1; again(); }); });
  $("previous").addEventListener("click", function () { turn(-PER_PAGE); });
  $("next").addEventListener("click", function () { turn(PER_PAGE); });
  $("shown").tabIndex = -1;
  document.querySelectorAll("#rows thead th").forEach(function (th) {
    th.firstChild.addEventListener("click", function () {
      var same = sorted.key === th.dataset.key, first = ["people", "day"].indexOf(th.dataset.key) < 0;
      sorted = { key: th.dataset.key, up: same ? !sorted.up : first };
      document.querySelectorAll("#rows thead th").forEach(function (o) { o.removeAttribute("aria-sort"); });
      th.setAttribute("aria-sort", sorted.up ? "ascending" : "descending");
      again();
    });
  });
  window.addEventListener("beforeprint", function () { most = ON_PAPER; draw(); });
  window.addEventListener("afterprint", function () { most = PER_PAGE; draw(); });
  $("plain").hidden = true;
  $("list").hidden = false;
  again();
})();
