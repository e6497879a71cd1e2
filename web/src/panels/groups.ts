/** The panel of groups: the clusters, and what differs between two groups. */
import { type Child, button, fill, h } from "../dom.ts";
import { passing } from "../groups.ts";
import { decodeCentre, selectCluster } from "../map/cluster-labels.ts";
import { type Group, type Shown, groupKey, sameGroup } from "../state/groups.ts";
import { trustworthiness } from "../chrome/structure-controls.ts";
import type { State } from "../state/state.ts";
import { differences } from "./differences.ts";
import { clusterName, groupName, selectedGroup } from "./group-names.ts";
import type { PanelMaker } from "./panel.ts";
import { choices, latestTask, plate, section } from "./parts.ts";

export const groupsPanel: PanelMaker = (app) => {
  const { store, clusters } = app;
  const t = app.words();
  const startTask = latestTask();
  const chooser = h("div", null);
  const body = h("div", null);
  const el = h("div", null, chooser, body);
  const change = (changes: Partial<Shown>): void => store.set({ shown: { ...store.get().shown, ...changes } });

  /** A list of all groups, of which one is chosen. */
  function list(which: 0 | 1, groups: Shown["groups"]): HTMLElement {
    const now = groups[which];
    const known = new Map<string, Group>();
    const option = (group: Group, text: string): HTMLElement => {
      known.set(groupKey(group), group);
      return h("option", { value: groupKey(group), selected: sameGroup(group, now) }, text);
    };
    const lines = [selectedGroup(app), now].filter((group) => group?.kind === "lasso");
    const unique = lines.filter((group, k) => lines.findIndex((other) => sameGroup(group, other)) === k);
    const select = h("select", { "aria-label": t(which ? "groups.second" : "groups.first"), on: { change: () => {
      const next: Shown["groups"] = [...groups];
      next[which] = known.get(select.value) ?? null;
      change({ groups: next });
    } } },
    h("option", { value: "" }, t("groups.choose")),
    which ? option({ kind: "others" }, t("groups.others")) : null,
    ...unique.map((group) => option(group, groupName(app, group))),
    app.limits.classes ? h("optgroup", { label: t("map.legend") }, ...app.atlas.names.map((name, k) => option({ kind: "class", k }, name))) : null,
    ...(clusters?.scales ?? []).map(({ clusters: all }, scale) => h("optgroup", { label: t("groups.clusters", { n: all.length }) },
      ...all.map((cluster, k) => option({ kind: "cluster", scale, k }, clusterName(app, cluster, k))))));
    return h("label", { class: "group-choice" }, h("span", { class: `group-letter ${which ? "b" : "a"}`, "aria-hidden": "true" }, which ? "B" : "A"), select);
  }

  function choose({ shown: { groups } }: State): void {
    const [a, b] = groups;
    const swap = button(t("groups.swap"), () => change({ groups: [b?.kind === "others" ? null : b, a] }), { disabled: !a || !b || b.kind === "others" });
    fill(chooser, list(0, groups), list(1, groups), h("div", { class: "buttons" }, swap, button(t("select.clear"), () => change({ groups: [null, null] }), { disabled: !a && !b })));
  }

  /** How far to trust the view. */
  function view({ plane }: State): HTMLElement | null {
    const trust = trustworthiness(app, plane);
    return trust && h("p", { class: "note" }, t("groups.view", { trust: trust.firstChild!.textContent!, note: trust.title }));
  }

  /** The clusters of a scale, and what they are. */
  function overview(state: State): Child[] {
    const { shown } = state;
    const lead = h("p", { class: "hint" }, t("groups.empty"));
    if (!clusters) return [lead, view(state), h("p", { class: "hint" }, t("groups.none"))];
    const scale = shown.scale ?? 0;
    const { clusters: all } = clusters.scales[scale]!;
    const { items } = app.atlas.manifest.structure!.clusters!;
    const scales = choices(t("groups.scale"), [["", t("groups.scale.zoom")] as const, ...clusters.scales.map((one, k) => [String(k), t.count(one.clusters.length)] as const)],
      shown.scale === null ? "" : String(shown.scale), (value) => change({ scale: value === "" ? null : Number(value) }));
    return [lead, view(state), section(t("cluster.legend"), h("div", { class: "row first" }, h("span", null, t("groups.scale")), scales),
      h("ul", { class: "cluster-list" }, ...all.map((_, k) => row(scale, k))),
      h("p", { class: "note" }, t("groups.about"), items < app.atlas.count && ` ${t("groups.sample", { n: t.count(items) })}`))];
  }

  function row(scale: number, k: number): HTMLElement {
    const cluster = clusters!.scales[scale]!.clusters[k]!;
    const icon = app.table ? null : plate(app, "", "small");
    icon?.el.setAttribute("aria-hidden", "true");
    if (icon) decodeCentre(app, cluster.item).then((unit) => icon.show(unit), app.reportError);
    const name = clusterName(app, cluster, k);
    const mix = cluster.classes.map(([label, share]) => `${app.className(label)} ${t.share(share)}`).join(" · ");
    return h("li", null, h("button", { type: "button", class: "cluster-row", title: t("cluster.select", { name, n: t.count(cluster.count) }), on: { click: () => selectCluster(app, scale, k) } },
      icon?.el, h("span", { class: "cluster-about" }, h("span", null, name), h("span", { class: "soft number" }, t("groups.count", { n: t.count(cluster.count) }), mix && ` · ${mix}`))),
    button(t("groups.compare"), () => change({ groups: [{ kind: "cluster", scale, k }, { kind: "others" }] }), { class: "link", "aria-label": `${t("groups.compare")}: ${name}` }));
  }

  async function show(state: State): Promise<void> {
    const isLatest = startTask();
    const [a, b] = state.shown.groups;
    if (!a || !b) return fill(body, ...overview(state));
    const [first, second] = [app.groupItems(a), app.groupItems(b, a)].map((items) => items && passing(items, app.visible()));
    if (!first || !second) return fill(body, h("p", { class: "lead" }, t("loading.data")));
    if (!first.length || !second.length) return fill(body, h("p", { class: "lead" }, t("groups.nothing")));
    await differences(app, body, [groupName(app, a), groupName(app, b)], [first, second], isLatest);
  }

  return {
    el,
    update(now, before) {
      const [shown, old] = [now.shown, before?.shown];
      if (shown === old && now.condition === before?.condition && now.plane === before.plane && now.filters === before.filters) return;
      if (!old || shown.groups !== old.groups) choose(now);
      if (!old || shown.groups !== old.groups || shown.scale !== old.scale || now.plane !== before!.plane || now.condition !== before!.condition || now.filters !== before!.filters) show(now).catch(app.reportError);
    },
    stop: () => void startTask(),
  };
};
