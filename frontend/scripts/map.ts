// The map of a view. The list beside it is the same to whoever cannot use a map, and works without any of this.
import * as L from "leaflet";
import Supercluster from "supercluster";

interface Point {
  id: number;
  lat: number;
  lon: number;
  title: string;
}

const LARGEST = 18;
const CLOSE = 16;

function dot(text: string, many: boolean): L.DivIcon {
  const size = many ? 40 : 28;
  const face = document.createElement("span");
  face.textContent = text;
  return L.divIcon({ html: face, className: many ? "map__many" : "map__one", iconSize: [size, size] });
}

function showRecord(id: number): void {
  document.querySelectorAll(".map-list .card-item--lifted").forEach((item) => item.classList.remove("card-item--lifted"));
  const item = document.getElementById(`card-${id}`);
  item?.classList.add("card-item--lifted");
  item?.scrollIntoView({ block: "nearest" });
  item?.querySelector<HTMLElement>("a")?.focus();
}

function addTiles(map: L.Map, box: HTMLElement): void {
  const offline = document.querySelector<HTMLElement>("[data-map-offline]");
  const tellOffline = (): void => {
    if (offline) offline.hidden = false;
  };
  if (!box.dataset.tiles) return;
  let loaded = 0;
  const credit = document.createElement("a");
  credit.href = "https://maps.gsi.go.jp/development/ichiran.html";
  credit.textContent = box.dataset.credit ?? "";
  const tiles = L.tileLayer(box.dataset.tiles, {
    maxZoom: LARGEST,
    attribution: box.dataset.credit ? credit.outerHTML : "",
  });
  tiles.on("tileload", () => (loaded += 1));
  tiles.on("tileerror", () => {
    if (loaded === 0) tellOffline();
  });
  tiles.addTo(map);
}

function drawPoints(map: L.Map, points: Point[], words: string): void {
  const index = new Supercluster<{ point: Point }>({ radius: 48, maxZoom: LARGEST - 1 });
  index.load(
    points.map((point) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [point.lon, point.lat] },
      properties: { point },
    })),
  );
  const layer = L.layerGroup().addTo(map);
  const draw = (): void => {
    const seen = map.getBounds().pad(0.2);
    layer.clearLayers();
    const found = index.getClusters(
      [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()],
      Math.round(map.getZoom()),
    );
    for (const feature of found) {
      const [lon = 0, lat = 0] = feature.geometry.coordinates;
      const what = feature.properties;
      const many = "cluster" in what;
      const title = many ? words.replace("{n}", String(what.point_count)) : what.point.title;
      const marker = L.marker([lat, lon], { icon: dot(many ? String(what.point_count) : "", many), title, alt: title });
      const open = (): void => {
        if (many) map.setView([lat, lon], Math.min(index.getClusterExpansionZoom(what.cluster_id), LARGEST));
        else showRecord(what.point.id);
      };
      marker.on("click", open);
      layer.addLayer(marker);
      marker.getElement()?.setAttribute("aria-label", title);
      marker.getElement()?.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        open();
      });
    }
  };
  map.on("moveend", draw);
  draw();
}

function bindButtons(map: L.Map, points: Point[]): void {
  const byId = new Map(points.map((point) => [String(point.id), point]));
  document.querySelectorAll<HTMLButtonElement>("[data-map-show]").forEach((button) => {
    const point = byId.get(button.dataset.mapShow ?? "");
    if (!point) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      map.setView([point.lat, point.lon], CLOSE);
      map.getContainer().scrollIntoView({ block: "nearest" });
    });
  });
}

function start(): void {
  const box = document.querySelector<HTMLElement>("[data-map]");
  const source = document.getElementById("map-points");
  if (!box || !source) return;
  const points = JSON.parse(source.textContent ?? "[]") as Point[];
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(box, { zoomControl: false, maxZoom: LARGEST, zoomAnimation: !still, fadeAnimation: !still });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: box.dataset.wordsIn ?? "", zoomOutTitle: box.dataset.wordsOut ?? "" }).addTo(map);
  addTiles(map, box);
  map.fitBounds(L.latLngBounds(points.map((point) => [point.lat, point.lon])), { maxZoom: CLOSE, padding: [32, 32] });
  drawPoints(map, points, box.dataset.wordsMany ?? "");
  bindButtons(map, points);
}

start();
