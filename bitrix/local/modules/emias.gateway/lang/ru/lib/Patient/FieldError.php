<?php

$MESS['EMIAS_GATEWAY_FIELD_REQUIRED'] = 'Заполните это поле.';
$MESS['EMIAS_GATEWAY_FIELD_TOO_LONG'] = 'Слишком длинное значение.';
$MESS['EMIAS_GATEWAY_FIELD_SNILS_FORMAT'] = 'СНИЛС состоит из 11 цифр, например 112-233-445 95.';
$MESS['EMIAS_GATEWAY_FIELD_SNILS_CHECKSUM'] = 'Проверьте СНИЛС: контрольное число не сходится.';
$MESS['EMIAS_GATEWAY_FIELD_ENP_FORMAT'] = 'Номер полиса состоит из 16 цифр, у временного — из 9. Для старого полиса укажите и серию.';
$MESS['EMIAS_GATEWAY_FIELD_ENP_CHECKSUM'] = 'Проверьте номер полиса ОМС: в нём опечатка.';
$MESS['EMIAS_GATEWAY_FIELD_OMS_FORMAT'] = 'Проверьте серию и номер полиса ОМС.';
