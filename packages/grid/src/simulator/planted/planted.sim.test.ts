import { describe, expect, it } from 'vitest';
import { type PlantedFault, plantedFaults } from './catalogue.ts';
import { firstCaught, likelySeeds } from './runs.ts';
import { playScene, scenes } from './scenes.ts';

describe('a planted fault is found', () => {
  for (const fault of Object.keys(plantedFaults) as PlantedFault[]) {
    it(`${fault}: ${plantedFaults[fault].sentence}`, () => {
      expect(firstCaught(fault, 30, likelySeeds[fault])).toBeDefined();
    });
  }
});

describe('a scene breaks nothing without its fault', () => {
  for (const fault of Object.keys(scenes) as PlantedFault[]) {
    it(fault, () => {
      expect(playScene(fault, false)).toEqual([]);
    });
  }
});
