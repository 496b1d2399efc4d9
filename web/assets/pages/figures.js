// Draws a small chart above each table that asks for one: the table is its data, and stays for who reads or prints it.
import { init, use } from 'echarts/core';
import { BarChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, AriaComponent, GridComponent, LegendComponent, SVGRenderer]);

const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
const ofLevel = { 红: '--red', 黄: '--amber', 蓝: '--blue' };
const HIGHEST = 24; // bars: a county has no more units, and a longer chart would not be read

function read(table) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].slice(0, HIGHEST).map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  return { heads, rows };
}

function series(name, data, more) {
  return { name, type: 'bar', data, barMaxWidth: 22, animation: false, label: { show: false }, ...more };
}

function draw(table) {
  const { heads, rows } = read(table);
  if (!rows.length) return;
  const kind = table.dataset.chart;
  const across = kind !== 'months';
  const names = rows.map((row) => row[0]);
  const columns = kind === 'levels' ? heads.slice(1, -2) : heads.slice(1);
  const shown = columns.map((name, place) => series(name, rows.map((row) => Number(row[place + 1])), {
    stack: kind === 'levels' ? 'all' : undefined,
    itemStyle: { color: ofLevel[name] ? colour(ofLevel[name]) : [colour('--act'), colour('--quiet')][kind === 'levels' ? 1 : place] },
  }));
  const category = { type: 'category', data: names, inverse: across, axisTick: { show: false }, axisLabel: { color: colour('--ink') } };
  const value = { type: 'value', minInterval: 1, axisLabel: { color: colour('--ink') } };
  const place = document.createElement('div');
  place.className = 'chart';
  place.style.height = `${across ? Math.max(120, rows.length * 26 + 70) : 220}px`;
  place.setAttribute('aria-hidden', 'true'); // the table below says the same in words
  table.closest('.scroll').before(place);
  const chart = init(place, null, { renderer: 'svg' });
  chart.setOption({
    aria: { enabled: true, decal: { show: shown.length > 1 } },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 24, top: shown.length > 1 ? 32 : 8, bottom: 8, containLabel: true },
    legend: shown.length > 1 ? { top: 0, left: 0, textStyle: { color: colour('--ink') } } : undefined,
    xAxis: across ? value : category,
    yAxis: across ? category : value,
    series: shown,
  });
  addEventListener('resize', () => chart.resize());
}

document.querySelectorAll('[data-chart]').forEach(draw);
