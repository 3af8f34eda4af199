/** Faults that the simulator plants to prove that its checkers find them. Nobody else passes any. */
export type MembershipFault =
  | 'elects-itself'
  | 'clock-step-trusted'
  | 'lease-from-answer'
  | 'grants-across-epochs'
  | 'observation-over-gap';
