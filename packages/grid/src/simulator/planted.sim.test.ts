import { describe, expect, it } from 'vitest';
import { type PlantedFault, plantedFaults } from './planted.ts';
import { firstCaught } from './planted-runs.ts';
import { playScene, scenes } from './planted-scenes.ts';

describe('a planted fault is found', () => {
  for (const fault of Object.keys(plantedFaults) as PlantedFault[]) {
    it(`${fault}: ${plantedFaults[fault]}`, () => {
      expect(firstCaught(fault, 12)).toBeDefined();
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
