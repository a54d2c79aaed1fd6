import type { BuiltInTexts } from './texts.ts'

/** Swahili. */
export const sw: BuiltInTexts = {
  direction: 'ltr',
  texts: {
    code: {
      short: '{code} ni msimbo wako wa {project}. Utaisha muda baada ya dakika {minutes}. Usimpe mtu yeyote.',
      subject: '{code} ni msimbo wako wa {project}',
      mail: [
        'Msimbo wako wa {project}:',
        '{code}',
        'Utaisha muda baada ya dakika {minutes} na unatumika mara moja tu.',
        'Usimpe mtu yeyote: hakuna mtu wa {project} atakayekuomba msimbo huu.',
        'Kama hukuomba msimbo huu, unaweza kupuuza ujumbe huu.',
      ],
    },
    'notice-account-exists': {
      short:
        'Mtu amejaribu kujisajili {project} kwa namba yako. Tayari una akaunti: ingia tu. Kama si wewe, puuza ujumbe huu.',
      subject: 'Tayari una akaunti ya {project}',
      mail: [
        'Mtu amejaribu kujisajili kwenye {project} kwa anwani yako, ambayo tayari ina akaunti.',
        'Kama ni wewe, ingia kwenye akaunti yako; kama umesahau nenosiri, liweke upya.',
        'Kama si wewe, unaweza kupuuza ujumbe huu: hakuna kilichobadilika.',
      ],
    },
    'notice-password-reset': {
      short:
        'Nenosiri lako la {project} limewekwa upya na umeondolewa kwenye vifaa vyote. Si wewe? Liweke upya tena sasa na uwajulishe {project}.',
      subject: 'Nenosiri lako la {project} limewekwa upya',
      mail: [
        'Nenosiri lako la {project} limewekwa upya, na umeondolewa kwenye vifaa vyote.',
        'Kama ni wewe, ingia kwa nenosiri lako jipya.',
        'Kama si wewe, liweke upya tena mara moja na uwajulishe {project}.',
      ],
    },
    'notice-address-changed': {
      short:
        'Anwani yako ya {project} imebadilishwa na umeondolewa kwenye vifaa vyote. Bila ridhaa yako? Wajulishe {project}.',
      subject: 'Anwani yako ya {project} imebadilishwa',
      mail: [
        'Anwani hii si ya akaunti yako ya {project} tena: imebadilishwa, na umeondolewa kwenye vifaa vyote.',
        'Kama uliomba hivyo, ingia kwa anwani mpya.',
        'Kama hukuomba, wajulishe {project}.',
      ],
    },
  },
}
