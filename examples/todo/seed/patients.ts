import type { patients } from "../schema.ts";
import { random } from "./random.ts";

type Patient = typeof patients.$inferInsert;

interface Ward {
  readonly name: string;
  /** Youngest and oldest, in years. */
  readonly ages: readonly [number, number];
  readonly firstNames: readonly string[];
  readonly notes: readonly string[];
}

const women = (
  "Amira Beatriz Camille Clara Dilara Edith Esther Frieda Greta Hanna Ines Ivy Jasmin Karla Klara Leila Lucia Maja Marta Mei " +
  "Nadia Noor Olga Paula Petra Rosa Samira Selma Sofia Thea Ulla Vera Wanda Yara Zoe"
).split(" ");

const men = (
  "Anton Bartosz Chidi Daniel Elias Emeka Farid George Hugo Ibrahim Jakob Jonas Kaito Lars Leon Magnus Malik Mateo Milan " +
  "Niels Oskar Rafael Ruben Simon Stefan Tadeo Tomasz Viktor Yusuf"
).split(" ");

const everybody = [...women, ...men];

const lastNames = (
  "Abara Albrecht Andersson Bakker Bauer Becker Bianchi Brandt Castro Chen Costa Cohen Demir Dubois Eriksen Farkas Fischer " +
  "Fontaine Garcia Gruber Haddad Hansen Hartmann Herrera Hoffmann Horvat Ibrahim Ivanova Jansen Johansson Kaya Keller Khan Kim " +
  "Kovacs Kowalski Lang Larsen Lefebvre Lindqvist Lopez Mbeki Meyer Moreau Murphy Nakamura Nguyen Novak Okafor Oliveira Olsen " +
  "Pavlova Peeters Petrov Popescu Rahman Reyes Ricci Rossi Sato Schmidt Silva Sommer Sorensen Tanaka Toth Vargas Vogel Weber " +
  "Winkler Yilmaz Zimmermann"
).split(" ");

const wards: readonly Ward[] = [
  {
    name: "Cardiology",
    ages: [42, 91],
    firstNames: everybody,
    notes: [
      "Telemetry without events overnight.",
      "Echo planned, fasting not needed.",
      "Day two after stent, walks to the window unaided.",
      "Blood pressure still high in the evening, dose adjusted.",
    ],
  },
  {
    name: "Orthopaedics",
    ages: [17, 88],
    firstNames: everybody,
    notes: [
      "Hip replacement on the left, physiotherapy twice a day.",
      "Cast check on Friday.",
      "Walks with two crutches, stairs not yet.",
      "Wound dry, stitches out in a week.",
    ],
  },
  {
    name: "Paediatrics",
    ages: [0, 16],
    firstNames: everybody,
    notes: [
      "Mother stays overnight.",
      "Fever down since the morning, drinks well.",
      "Allergic to penicillin.",
      "Inhales every four hours, sleeps through.",
    ],
  },
  {
    name: "Neurology",
    ages: [23, 89],
    firstNames: everybody,
    notes: [
      "Speech therapy started, swallows soft food.",
      "MRI on Thursday at ten.",
      "Migraine diary handed out.",
      "Gait steadier than last week.",
    ],
  },
  {
    name: "Surgery",
    ages: [18, 84],
    firstNames: everybody,
    notes: [
      "Laparoscopic appendectomy, no complications.",
      "Drain removed, light diet from tonight.",
      "Consent for anaesthesia signed.",
      "Pain two of ten at rest.",
    ],
  },
  {
    name: "Maternity",
    ages: [19, 44],
    firstNames: women,
    notes: [
      "Healthy girl, 3,420 g, both well.",
      "Induction planned for tomorrow morning.",
      "Lactation adviser comes at eleven.",
      "Twins, week 34, contractions eased.",
    ],
  },
  {
    name: "Geriatrics",
    ages: [72, 99],
    firstNames: everybody,
    notes: [
      "Daughter visits on Sundays, has the key to the flat.",
      "Hearing aid in the drawer, left side.",
      "Falls risk, bed rail up at night.",
      "Drinks too little, offer tea.",
    ],
  },
  {
    name: "Emergency",
    ages: [6, 90],
    firstNames: everybody,
    notes: [
      "Twisted ankle, X-ray without fracture.",
      "Cut on the right hand, four stitches, tetanus given.",
      "Dizzy since the morning, blood taken.",
      "Waits for a bed in cardiology.",
    ],
  },
];

const statuses = [
  "waiting",
  "admitted",
  "in treatment",
  "in treatment",
  "observation",
  "discharged",
] as const;
const day = 86_400_000;
/** Ages are counted to this day, so that the same records come out in every year. */
const today = Date.UTC(2026, 0, 1);

/** Made-up patient records, the same ones every time. */
export function patientRecords(count: number): readonly Patient[] {
  const next = random(7);
  const pick = <T>(pool: readonly T[]): T => pool[Math.floor(next() * pool.length)] as T;
  return Array.from({ length: count }, () => {
    const ward = pick(wards);
    const [youngest, oldest] = ward.ages;
    const years = youngest + next() * (oldest - youngest + 1);
    const birthDate = new Date(today - Math.floor(years * 365.25) * day).toISOString().slice(0, 10);
    const notes = next() < 0.2 ? "" : pick(ward.notes);
    return {
      firstName: pick(ward.firstNames),
      lastName: pick(lastNames),
      birthDate,
      ward: ward.name,
      status: pick(statuses),
      notes,
    };
  });
}
