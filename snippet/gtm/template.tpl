___TERMS_OF_SERVICE___

By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.


___INFO___

{
  "type": "TAG",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "webleads-tracker",
  "categories": ["ANALYTICS", "LEAD_GENERATION"],
  "brand": {
    "id": "webleads-tracker",
    "displayName": "webleads-tracker"
  },
  "description": "Counts page views and events on your own webleads-tracker server, and shows which companies read you.",
  "containerContexts": [
    "WEB"
  ]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "RADIO",
    "name": "kind",
    "displayName": "What this tag does",
    "radioItems": [
      {
        "value": "pages",
        "displayValue": "Count pages, reading time, links, files and forms (fire it once, on all pages)"
      },
      {
        "value": "event",
        "displayValue": "Send an event of your own"
      }
    ],
    "simpleValueType": true,
    "defaultValue": "pages"
  },
  {
    "type": "TEXT",
    "name": "script",
    "displayName": "Address of the script on your server",
    "simpleValueType": true,
    "valueHint": "https://stats.example.com/js/webleads.js",
    "enablingConditions": [
      {
        "paramName": "kind",
        "paramValue": "pages",
        "type": "EQUALS"
      }
    ],
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      },
      {
        "type": "REGEX",
        "args": ["https://.+"],
        "errorMessage": "It begins with https://"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "eventName",
    "displayName": "Name of the event",
    "simpleValueType": true,
    "enablingConditions": [
      {
        "paramName": "kind",
        "paramValue": "event",
        "type": "EQUALS"
      }
    ],
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      },
      {
        "type": "STRING_LENGTH",
        "args": [1, 120]
      }
    ]
  },
  {
    "type": "SIMPLE_TABLE",
    "name": "props",
    "displayName": "Properties",
    "simpleTableColumns": [
      {
        "defaultValue": "",
        "displayName": "Name",
        "name": "name",
        "type": "TEXT"
      },
      {
        "defaultValue": "",
        "displayName": "Value",
        "name": "value",
        "type": "TEXT"
      }
    ],
    "enablingConditions": [
      {
        "paramName": "kind",
        "paramValue": "event",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "amount",
    "displayName": "Revenue",
    "simpleValueType": true,
    "valueHint": "29.90",
    "enablingConditions": [
      {
        "paramName": "kind",
        "paramValue": "event",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "currency",
    "displayName": "Currency of the revenue",
    "simpleValueType": true,
    "defaultValue": "EUR",
    "enablingConditions": [
      {
        "paramName": "kind",
        "paramValue": "event",
        "type": "EQUALS"
      }
    ]
  }
]


___SANDBOXED_JS_FOR_WEB_TEMPLATE___

const callInWindow = require('callInWindow');
const copyFromWindow = require('copyFromWindow');
const createArgumentsQueue = require('createArgumentsQueue');
const injectScript = require('injectScript');
const makeTableMap = require('makeTableMap');

// Events that come before the script has loaded wait in a queue that it empties.
if (!copyFromWindow('webleads')) createArgumentsQueue('webleads', 'webleads.q');

if (data.kind === 'event') {
  const fields = {props: data.props ? makeTableMap(data.props, 'name', 'value') : {}};
  if (data.amount) fields.revenue = {amount: data.amount, currency: data.currency};
  callInWindow('webleads', data.eventName, fields);
  data.gtmOnSuccess();
} else {
  injectScript(data.script, data.gtmOnSuccess, data.gtmOnFailure, 'webleads-tracker');
}


___WEB_PERMISSIONS___

[
  {
    "instance": {
      "key": {
        "publicId": "access_globals",
        "versionId": "1"
      },
      "param": [
        {
          "key": "keys",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {"type": 1, "string": "key"},
                  {"type": 1, "string": "read"},
                  {"type": 1, "string": "write"},
                  {"type": 1, "string": "execute"}
                ],
                "mapValue": [
                  {"type": 1, "string": "webleads"},
                  {"type": 8, "boolean": true},
                  {"type": 8, "boolean": true},
                  {"type": 8, "boolean": true}
                ]
              },
              {
                "type": 3,
                "mapKey": [
                  {"type": 1, "string": "key"},
                  {"type": 1, "string": "read"},
                  {"type": 1, "string": "write"},
                  {"type": 1, "string": "execute"}
                ],
                "mapValue": [
                  {"type": 1, "string": "webleads.q"},
                  {"type": 8, "boolean": true},
                  {"type": 8, "boolean": true},
                  {"type": 8, "boolean": false}
                ]
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "inject_script",
        "versionId": "1"
      },
      "param": [
        {
          "key": "urls",
          "value": {
            "type": 2,
            "listItem": [
              {"type": 1, "string": "https://*/*"}
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  }
]


___TESTS___

scenarios:
- name: Loads the script once
  code: |-
    mock('copyFromWindow', undefined);
    mock('injectScript', (url, success) => success());
    runCode({kind: 'pages', script: 'https://stats.example.com/js/webleads.js'});
    assertApi('createArgumentsQueue').wasCalledWith('webleads', 'webleads.q');
    assertApi('injectScript').wasCalled();
    assertApi('gtmOnSuccess').wasCalled();
- name: Sends an event with its properties
  code: |-
    mock('copyFromWindow', () => {});
    mock('callInWindow', () => {});
    runCode({kind: 'event', eventName: 'Signup', props: [{name: 'plan', value: 'Pro'}], amount: '29.90', currency: 'EUR'});
    assertApi('callInWindow').wasCalledWith('webleads', 'Signup', {props: {plan: 'Pro'}, revenue: {amount: '29.90', currency: 'EUR'}});
    assertApi('gtmOnSuccess').wasCalled();


___NOTES___

Pages tell the server their host; that host must be the site's name in webleads-tracker.
