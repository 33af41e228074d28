import { renderHook } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { useFormats, zoneOf } from "../shared/format";
import { i18next } from "./i18n";

describe("places", () => {
  const read = async (language: string) => {
    await i18next.changeLanguage(language);
    return renderHook(() => useFormats()).result.current;
  };
  const PORT = { name: "Changchun International Land Port", country: "CN", locode: "CNCGC" };
  const MILL = { name: "Jilin, Xuerong mill (吉林雪绒工厂)", country: "CN" };

  it.each([
    ["en", "Changchun", "Changchun International Land Port (CNCGC)"],
    ["de", "Changchun", "Changchun International Land Port (CNCGC)"],
    ["zh", "长春", "长春 (CNCGC) · Changchun International Land Port"],
  ])("are named in %s where their code is known, and nothing that was said is lost", async (language, town, full) => {
    const f = await read(language);
    expect(f.town(PORT)).toBe(town);
    expect(f.place(PORT)).toBe(full);
  });

  it("written in two scripts show the one that the reader reads", async () => {
    expect((await read("en")).town(MILL)).toBe("Jilin, Xuerong mill");
    expect((await read("zh")).town(MILL)).toBe("吉林雪绒工厂");
    expect((await read("de")).place(MILL)).toBe(MILL.name);
  });
});

describe("times", () => {
  it("of a place are told by its clock, those of the ledger by the reader's, and each names its zone", async () => {
    await i18next.changeLanguage("en");
    const f = renderHook(() => useFormats()).result.current;
    const iso = "2026-11-15T11:00:00.000Z";
    expect(f.when({ time: iso, zone: "+08:00" })).toMatch(/19:00 \(\+08:00\)$/);
    const own = zoneOf(new Date(iso));
    expect(f.zoned(iso)).toBe(`${f.time(iso)} (${own})`);
    // By the reader's own zone both say the same.
    expect(f.zoned(iso)).toBe(f.when({ time: iso, zone: own }));
  });
});
