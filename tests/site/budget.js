() => {
    const article = document.querySelector("article.bd-article"), height = e => e.getBoundingClientRect().height;
    const all = selector => [...article.querySelectorAll(selector)].filter(e => e.checkVisibility() && height(e) > 2);
    const total = elements => elements.reduce((sum, e) => sum + height(e), 0);
    const code = all("div.cell_input").filter(e => e.querySelector("pre"));
    const shown = "div.cell, p, li, h1, h2, h3, h4, table, div.math, figure, form, details > summary";
    let run = 0, longest = 0;
    for (const e of all(shown).filter(e => e.matches("div.cell") || !e.closest("div.cell"))) {
        const isCode = e.matches("div.cell") && code.some(input => e.contains(input));
        run = isCode ? run + 1 : 0;
        longest = Math.max(longest, run);
    }
    return {
        height: height(article),
        code: total(code),
        figures: total(all(".mlp-figure")),
        lines: code.reduce((sum, e) => sum + e.innerText.trim().split("\n").length, 0),
        longest,
        text: code.map(e => e.innerText).join("\n"),
    };
}
