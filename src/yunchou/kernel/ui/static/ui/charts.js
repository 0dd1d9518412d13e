// Charts that read like the rest of the page. <div class="chart" data-chart="id"></div> and {{ data|json_script:"id" }}:
//
//   { "kind": "line" | "bars" | "pace" | "spark",
//     "labels": ["07-26", ...],                           the x axis, one per value
//     "series": [{"name": "抖音", "values": [1, 2, null], "dashed": false}],   at most four
//     "stacked": false,  "unit": "%",                     bars on top of each other; written behind the numbers
//     "target": {"value": 15, "label": "目标 15%"},       grey dashed line (a number across) ...
//     "expected": {"name": "应达", "values": [...]},      ... or a dashed curve that may bend
//     "threshold": {"value": 10, "label": "预警 10%"},    thin red line with its words on it
//     "today": {"index": 7, "label": "今日 11%"},         a labelled point on the first series
//     "min": 0, "max": 20,                                of the y axis, if not zero and automatic
//     "alert": [3, 5] }                                   bars or points of the first series that alert
//
// "pace" is a cumulative line with its area and the expected curve; "spark" has no axes. Redrawn on theme and resize.
(() => {
  "use strict";
  const drawn = new Map();
  const tokens = () => {
    const style = getComputedStyle(document.documentElement);
    return (name) => style.getPropertyValue(`--${name}`).trim();
  };
  const font = 'YC,"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif';
  const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });

  function read(box) {
    const source = box.dataset.chart;
    return JSON.parse(source.startsWith("{") ? source : document.getElementById(source).textContent);
  }

  function marks(data, t) {
    const lines = [];
    const line = (mark, color, type, width, text) => lines.push({
      yAxis: mark.value, lineStyle: { color, type, width },
      label: { formatter: mark.label || "", position: "insideStartTop", color: text, fontSize: 12, distance: 4 },
    });
    if (data.target) line(data.target, t("t3"), [4, 4], 1.2, t("t3"));
    if (data.threshold) line(data.threshold, t("bad-mark"), "solid", 1, t("bad"));
    return lines.length ? { symbol: "none", silent: true, animation: false, data: lines } : undefined;
  }

  function todayPoint(data, t) {
    const { today } = data;
    if (!today) return undefined;
    return {
      symbol: "circle", symbolSize: 9, silent: true, animation: false,
      data: [{
        coord: [today.index, data.series[0].values[today.index]], itemStyle: { color: t("chart-1"), borderColor: t("card"), borderWidth: 1.5 },
        label: { show: true, formatter: today.label || "", position: "right", color: t("t1"), fontWeight: 600, fontSize: 13, distance: 7 },
      }],
    };
  }

  function seriesOf(data, t) {
    const bars = data.kind === "bars";
    const alerting = new Set(data.alert || []);
    const own = data.series.slice(0, 4).map((series, n) => ({
      name: series.name, type: bars ? "bar" : "line", stack: bars && data.stacked ? "all" : undefined,
      data: series.values.map((value, i) => (n === 0 && alerting.has(i) ? { value, itemStyle: { color: t("bad-mark") } } : value)),
      color: t(`chart-${n + 1}`), barMaxWidth: 18, animation: false, connectNulls: false,
      itemStyle: bars ? { borderRadius: !data.stacked || n === data.series.length - 1 ? [2, 2, 0, 0] : 0 } : undefined,
      symbol: data.kind === "line" && data.labels.length <= 31 ? "circle" : "none", symbolSize: 5,
      lineStyle: { width: data.kind === "spark" ? 1.5 : 2, type: series.dashed ? [5, 4] : "solid" },
      areaStyle: data.kind === "pace" && n === 0 ? { color: t("chart-1"), opacity: 0.07 } : undefined,
      markLine: n === 0 ? marks(data, t) : undefined,
      markPoint: n === 0 ? todayPoint(data, t) : undefined,
      emphasis: { disabled: true },
    }));
    if (data.expected) own.unshift({
      name: data.expected.name, type: "line", data: data.expected.values, symbol: "none", animation: false, color: t("t3"),
      lineStyle: { type: [5, 4], width: 1.4, color: t("t3") }, emphasis: { disabled: true },
    });
    return own;
  }

  function optionsOf(data, t) {
    const spark = data.kind === "spark";
    const unit = data.unit || "";
    const named = data.series.length + (data.expected ? 1 : 0) > 1;
    const text = { color: t("t3"), fontSize: 12, fontFamily: font };
    return {
      animation: false, textStyle: { fontFamily: font },
      aria: { enabled: true },
      grid: spark ? { left: 0, right: 0, top: 3, bottom: 3 } : { left: 2, right: data.today?.label && data.today.index >= data.labels.length - 2 ? 76 : 24, top: named ? 34 : 16, bottom: 2, containLabel: true },
      legend: { show: named && !spark, left: 0, top: 0, itemWidth: 14, itemHeight: 8, itemGap: 14, icon: "roundRect", textStyle: { ...text, color: t("t2") } },
      tooltip: {
        show: !spark, trigger: "axis", appendTo: document.body, transitionDuration: 0, confine: true, axisPointer: { lineStyle: { color: t("line2") }, shadowStyle: { opacity: 0.06 }, type: data.kind === "bars" ? "shadow" : "line" },
        backgroundColor: t("card"), borderColor: t("line"), padding: [7, 10], textStyle: { color: t("t1"), fontSize: 12 }, extraCssText: "box-shadow:var(--float);border-radius:6px",
        valueFormatter: (value) => (value == null ? "—" : `${grouped.format(value)}${unit}`),
      },
      xAxis: {
        type: "category", data: data.labels, boundaryGap: data.kind === "bars", show: !spark,
        axisLine: { lineStyle: { color: t("line2") } }, axisTick: { show: false }, axisLabel: { ...text, hideOverlap: true, margin: 9 },
      },
      yAxis: {
        type: "value", show: !spark, min: data.min ?? (spark ? "dataMin" : undefined), max: data.max, splitNumber: 4,
        axisLabel: { ...text, formatter: (value) => `${grouped.format(value)}${unit}` }, splitLine: { lineStyle: { color: t("line") } },
      },
      series: seriesOf(data, t),
    };
  }

  function draw(box) {
    const chart = drawn.get(box) || window.echarts.init(box, null, { renderer: "svg" });
    if (!drawn.has(box)) { drawn.set(box, chart); watch.observe(box); }
    chart.setOption(optionsOf(read(box), tokens()), true);
  }

  const watch = new ResizeObserver((entries) => entries.forEach(({ target }) => drawn.get(target)?.resize({ animation: { duration: 0 } })));

  function within(part) {
    drawn.forEach((chart, box) => { if (!box.isConnected) { chart.dispose(); watch.unobserve(box); drawn.delete(box); } });
    if (part.matches?.("[data-chart]")) draw(part);
    part.querySelectorAll("[data-chart]").forEach(draw);
  }

  within(document);
  document.addEventListener("htmx:load", (event) => within(event.detail.elt));
  document.addEventListener("theme:changed", () => drawn.forEach((_, box) => draw(box)));
})();
