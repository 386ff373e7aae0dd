"use strict";
// The page is complete without this: it only filters and sorts the lists of files.
(function () {
  var rows = Array.prototype.slice.call(document.querySelectorAll("table.files tbody tr"));
  var input = document.getElementById("filter");
  var shown = document.getElementById("shown");
  if (input) {
    input.parentNode.hidden = false;
    input.addEventListener("input", function () {
      var words = input.value.toLowerCase().split(/\s+/);
      var n = 0;
      rows.forEach(function (row) {
        var text = row.textContent.toLowerCase();
        var match = words.every(function (w) { return text.indexOf(w) >= 0; });
        row.hidden = !match;
        n += match ? 1 : 0;
      });
      shown.textContent = n + " of " + rows.length + " shown";
    });
  }
  document.querySelectorAll("table.files thead th").forEach(function (th) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = th.textContent;
    th.textContent = "";
    th.appendChild(button);
    button.addEventListener("click", function () {
      var body = th.closest("table").tBodies[0];
      var column = th.cellIndex;
      var up = th.getAttribute("aria-sort") !== "ascending";
      th.parentNode.querySelectorAll("th").forEach(function (o) { o.removeAttribute("aria-sort"); });
      th.setAttribute("aria-sort", up ? "ascending" : "descending");
      var value = function (row) {
        var cell = row.cells[column];
        return cell.dataset.sort === undefined ? cell.textContent.toLowerCase() : cell.dataset.sort;
      };
      Array.prototype.slice.call(body.rows).sort(function (a, b) {
        var x = value(a), y = value(b);
        var order = x !== "" && y !== "" && !isNaN(x) && !isNaN(y) ? x - y : x < y ? -1 : x > y ? 1 : 0;
        return up ? order : -order;
      }).forEach(function (row) { body.appendChild(row); });
    });
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (d) { d.open = true; });
  });
})();
