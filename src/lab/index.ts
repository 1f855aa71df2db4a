/** The fault lab: hostile nodes beside healthy flows in one gateway, and what contains them. */
export { ATTACKS, type Attack } from './attacks.ts';
export { type AttackReport, type LabOptions, type LabReport, runLab } from './lab.ts';
